"""A report is put in place whole: a failing run changes nothing, and a page no longer due goes."""

import json
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from closed_factory import Small
from playwright.sync_api import Error, Page
from report_fixtures import PACK

from analysis.errors import InputError
from analysis.reporting import packs, pdf
from analysis.reporting.files import draft_folder, publish
from analysis.reporting.manifest import files_of_earlier
from analysis.reporting.packs import Pack, render_pack
from analysis.settings import read_settings


def put(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text)
    return folder


def held(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_pages_of_the_earlier_report_that_are_no_longer_due_go(tmp_path: Path):
    folder = put(tmp_path / "r", overview="old", department_D04="old", notes_of_my_own="mine")
    with draft_folder(folder) as draft:
        put(draft, overview="new", department_D01="new")
        publish(draft, folder, ["overview.html", "department_D04.html"])
    assert held(folder) == {"overview": "new", "department_D01": "new", "notes_of_my_own": "mine"}
    assert not list(folder.glob(".*"))


def test_a_failing_run_leaves_the_earlier_report(tmp_path: Path):
    folder = put(tmp_path / "r", overview="old")
    with pytest.raises(InputError), draft_folder(folder) as draft:
        put(draft, overview="new")
        raise InputError("a cell failed")
    assert held(folder) == {"overview": "old"} and not list(folder.glob(".*"))


def test_a_file_held_by_another_program_leaves_the_earlier_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = put(tmp_path / "r", a="old", c="old", gone="old")
    replace = Path.replace

    def refusing(self: Path, target: Path) -> Path:
        if self.name == "c.html" and self.parent.name == ".report.unfinished":
            raise PermissionError(13, "Permission denied", str(target))
        return replace(self, target)

    with pytest.raises(PermissionError), draft_folder(folder) as draft:
        put(draft, a="new", b="new", c="new")
        monkeypatch.setattr(Path, "replace", refusing)
        publish(draft, folder, ["gone.html"])
    assert held(folder) == {"a": "old", "c": "old", "gone": "old"} and not list(folder.glob(".*"))


@pytest.mark.parametrize("moves", range(6))
def test_a_run_cut_off_while_it_put_its_files_in_place_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
):
    """Killed after any number of its moves (a and gone retired; a, b placed; then all done): old or new, never both."""
    folder = put(tmp_path / "r", a="old", gone="old")
    draft = put(folder / ".report.unfinished", a="new", b="new")
    replace, made = Path.replace, []

    def killed(self: Path, target: Path) -> Path:
        if ".report." in str(self) + str(target) and not self.name.endswith(".unfinished"):
            if len(made) == moves:
                raise KeyboardInterrupt
            made.append(self)
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        if moves < 4:
            with pytest.raises(KeyboardInterrupt):
                publish(draft, folder, ["gone.html"])
        else:
            publish(draft, folder, ["gone.html"])
    with draft_folder(folder):
        assert held(folder) == ({"a": "old", "gone": "old"} if moves < 4 else {"a": "new", "b": "new"})
    assert not list(folder.glob(".*"))


def test_two_reports_of_one_month_at_once(tmp_path: Path):
    with draft_folder(tmp_path / "r") as draft:
        put(draft, a="first")
        with pytest.raises(InputError, match="another report of this period is running"), draft_folder(tmp_path / "r"):
            pytest.fail("the second one must not begin")
        assert (draft / "a.html").is_file(), "and it clears nothing of the first"


def test_a_manifest_never_names_files_elsewhere(tmp_path: Path):
    assert files_of_earlier(tmp_path) == []
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"a.html": "", "../b.html": "", "/etc/c": ""}}))
    assert files_of_earlier(tmp_path) == ["a.html", "manifest.json"]
    (tmp_path / "manifest.json").write_text("{")
    assert files_of_earlier(tmp_path) == []


def write_pack(folder: Path, **changes: object) -> Path:
    page = {"notebook": "committee/overview.ipynb", "name": "overview"}
    content = {"title": {"zh": "报告", "en": "Report"}, "pages": [page], "formats": []} | changes
    path = folder / "pack.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf8")
    return path


@pytest.mark.parametrize("names", [["../../evil"], ["a/b"], [""], ["a b"], ["same", "Same"]])
def test_page_names_are_plain_and_differ(tmp_path: Path, names: list[str]):
    pages = [{"notebook": "committee/overview.ipynb", "name": name} for name in names]
    with pytest.raises(InputError, match="wrong parameter") as caught:
        read_settings(write_pack(tmp_path, pages=pages), Pack)
    assert "pages" in str(caught.value)


def test_a_title_that_is_missing_is_told_before_anything_is_written(small: Small, tmp_path: Path):
    pack = write_pack(tmp_path, title={"zh": "报告"})
    with pytest.raises(InputError, match="no title in en") as caught:
        render_pack(pack, small.data, "2022-05", ["en"], small.outputs)
    assert "title.en" in str(caught.value)
    assert not list((small.outputs / "small" / "2022-05").glob("*.html"))


class _Gone:
    """A pool whose process has ended."""

    def submit(self, *_: object) -> None:
        raise BrokenProcessPool("gone")


def test_a_process_that_is_gone_names_the_notebook(small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(packs, "_pool", lambda stack, tasks: _Gone())
    with pytest.raises(InputError, match="ended before its page was done") as caught:
        render_pack(write_pack(tmp_path), small.data, "2022-05", ["zh"], small.outputs)
    assert "overview.ipynb" in str(caught.value) and "overview_zh" in str(caught.value)


def test_a_page_the_browser_cannot_print_is_a_note(tmp_path: Path):
    def fail() -> None:
        raise Error("Timeout 30000ms exceeded.\nCall log:")

    page = SimpleNamespace(context=SimpleNamespace(new_page=fail))
    told = pdf.try_pdf(page, tmp_path / "overview_zh.html")  # type: ignore[arg-type]
    assert told == (None, "no PDF of overview_zh: Timeout 30000ms exceeded.")


@pytest.mark.skipif(pdf.find_browser() is None, reason="no Chromium, Chrome or Edge on this machine")
def test_a_tab_that_crashes_does_not_cost_the_next_page_its_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path, a="<p>a</p>", b="<p>b</p>")
    print_pdf = pdf.print_pdf

    def crash(tab: Page, html: Path, target: Path) -> Path:
        if html.stem == "a":
            tab.close()
        return print_pdf(tab, html, target)

    monkeypatch.setattr(pdf, "print_pdf", crash)
    with pdf.browser_page() as (page, problem):
        assert page is not None, problem
        assert pdf.try_pdf(page, tmp_path / "a.html")[1].startswith("no PDF of a: ")
        assert pdf.try_pdf(page, tmp_path / "b.html") == (tmp_path / "b.pdf", "")


def test_the_committees_pack_is_right():
    assert read_settings(PACK, Pack).pages[0].name == "overview"
