"""pyproject.toml, environment.yml and the locks say the same; a lock is closed and names no registry."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from typing import Any

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


#: What Spark needs besides its extra: PySpark comes as source, and setuptools builds it.
SPARK_BUILD = {"setuptools": SpecifierSet()}
LOCKS = ("requirements.lock", "requirements-spark.lock")


def _listed(*lists: list[str]) -> dict[str, SpecifierSet]:
    return {canonicalize_name(r.name): r.specifier for one in lists for r in map(Requirement, one)}


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]


def _pyproject() -> dict[str, SpecifierSet]:
    return _listed(_project()["dependencies"], _project()["optional-dependencies"]["test"])


def _spark() -> dict[str, SpecifierSet]:
    return _listed(_project()["optional-dependencies"]["spark"])


def _environment() -> dict[str, SpecifierSet]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))["dependencies"]
    names = [name for name in listed if isinstance(name, str)]
    names += next(entry["pip"] for entry in listed if isinstance(entry, dict))
    found = {canonicalize_name(r.name): r.specifier for r in map(Requirement, names)}
    return {CONDA_NAMES.get(name, name): bounds for name, bounds in found.items()}


def _lock(name: str = "requirements.lock") -> list[str]:
    """One block of text a locked package."""
    text = (ROOT / name).read_text("utf8")
    return re.split(r"\n(?=\S)", text.strip())


def test_environment_has_the_bounds_of_pyproject():
    conda = _environment()
    assert conda.pop("pip") == SpecifierSet()
    assert conda.pop("python") == SpecifierSet(_project()["requires-python"])
    assert conda == {name: bounds for name, bounds in _pyproject().items() if name not in NOT_FOR_CONDA}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_has_a_hash(lock: str):
    for block in _lock(lock):
        assert re.match(r"[a-z0-9._-]+==[^ ]+ ", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_address(lock: str):
    assert not re.search(r"://|--index|--find-links|--extra-index", (ROOT / lock).read_text("utf8"))


def _versions(lock: str) -> list[tuple[str, str]]:
    return [found for block in _lock(lock) for found in re.findall(r"^([^=]+)==([^ ]+) ", block)]


@pytest.mark.parametrize("name", _pyproject())
def test_the_lock_keeps_the_bounds_of_pyproject(name: str):
    versions = [version for found, version in _versions("requirements.lock") if found == name]
    assert versions
    assert all(version in _pyproject()[name] for version in versions)


def test_spark_has_a_lock_of_its_own():
    """Nothing of Spark is in the lock that `make setup` installs; what both locks name has the same version."""
    wanted = _spark() | SPARK_BUILD
    locked = dict(_versions("requirements-spark.lock"))
    assert wanted.keys() <= locked.keys()
    assert all(locked[name] in bounds for name, bounds in wanted.items())
    common = dict(_versions("requirements.lock"))
    assert "pyspark" not in common
    assert {name: version for name, version in locked.items() if name in common} == {
        name: version for name, version in common.items() if name in locked
    }


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
    declared = set(_pyproject()) | set(_spark())
    needed = {module: {canonicalize_name(name) for name in of_module.get(module, [module])} for module in third_party}
    assert sorted(module for module, names in needed.items() if not names & declared) == []


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
