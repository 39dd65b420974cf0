"""Documents that are written from the code are up to date; the README's commands exist."""

import re

import pytest
from tracked import ROOT, text_of, tracked

from analysis.contract_docs import contract_document


def test_data_contract_is_up_to_date():
    assert (ROOT / "docs/data-contract.md").read_text("utf8") == contract_document(), "run `make docs`"


def test_links_inside_the_data_contract_lead_somewhere():
    text = contract_document()
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(re.findall(r'<a id="([\w-]+)"', text))


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md", "docs/benchmarks.md", "CHANGELOG.md"])
def test_make_targets_named_in_documents_exist(document: str):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf8"), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / document).read_text("utf8")))
    assert named <= targets


def test_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text("utf8")
    assert "make report" in readme and "make test" in readme


def test_ci_runs_the_readme_test_command():
    lines = (ROOT / ".ci/run").read_text("utf8").splitlines()
    assert lines[-1] == "make test"
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_relative_links_in_documents_lead_somewhere():
    broken = []
    for path in tracked():
        if path.suffix == ".md" and (text := text_of(path)):
            for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
                if not (path.parent / link).exists():
                    broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []
