"""pyproject.toml, environment.yml and requirements.lock say the same; the lock is closed and names no registry."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from tracked import ROOT

#: Packages that conda-forge calls otherwise.
CONDA_NAMES = {"python-duckdb": "duckdb", "playwright-python": "playwright"}
#: Only `make setup` uses it; conda brings its own installer.
NOT_FOR_CONDA = {"uv"}


def _pyproject() -> dict[str, SpecifierSet]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, listed)}


def _environment() -> dict[str, SpecifierSet]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))["dependencies"]
    names = [name for name in listed if isinstance(name, str)]
    names += next(entry["pip"] for entry in listed if isinstance(entry, dict))
    found = {canonicalize_name(r.name): r.specifier for r in map(Requirement, names)}
    return {CONDA_NAMES.get(name, name): bounds for name, bounds in found.items()}


def _lock() -> list[str]:
    """One block of text a locked package."""
    text = (ROOT / "requirements.lock").read_text("utf8")
    return re.split(r"\n(?=\S)", text.strip())


def test_environment_has_the_bounds_of_pyproject():
    conda = _environment()
    assert conda.pop("pip") == SpecifierSet()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    assert conda.pop("python") == SpecifierSet(project["requires-python"])
    assert conda == {name: bounds for name, bounds in _pyproject().items() if name not in NOT_FOR_CONDA}


def test_every_locked_package_is_pinned_and_has_a_hash():
    for block in _lock():
        assert re.match(r"[a-z0-9._-]+==[^ ]+ ", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_the_lock_names_no_address():
    assert not re.search(r"://|--index|--find-links|--extra-index", (ROOT / "requirements.lock").read_text("utf8"))


@pytest.mark.parametrize("name", _pyproject())
def test_the_lock_keeps_the_bounds_of_pyproject(name: str):
    versions = [v for block in _lock() for found, v in re.findall(r"^([^=]+)==([^ ]+) ", block) if found == name]
    assert versions
    assert all(version in _pyproject()[name] for version in versions)


def test_the_build_back_end_is_locked():
    system = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["build-system"]
    locked = {block.split("==")[0] for block in _lock()}
    assert {canonicalize_name(Requirement(r).name) for r in system["requires"]} | {"editables", "uv"} <= locked


def test_what_is_imported_is_declared():
    """No room lives on a package that only another package happens to bring."""
    of_module = packages_distributions()
    imported = {
        name.split(".")[0]
        for path in (ROOT / "src").rglob("*.py")
        for name in _imports(ast.parse(path.read_text("utf8")))
    }
    third_party = imported - set(sys.stdlib_module_names) - {"analysis"}
    needed = {module: {canonicalize_name(name) for name in of_module.get(module, [module])} for module in third_party}
    assert sorted(module for module, names in needed.items() if not names & set(_pyproject())) == []


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
