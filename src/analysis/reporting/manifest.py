"""manifest.json: what the reports of a period were made from, and what was written."""

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analysis.files import sha256, write_text

#: Packages that decide what a report looks like.
_PACKAGES = (
    "drg-value-workbench",
    "duckdb",
    "great-tables",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "playwright",
    "pyarrow",
    "pylopdf-fonts-zh-cn",
    "xlsxwriter",
)


def write_manifest(
    folder: Path, card: dict[str, Any], pack: Path, pages: list[dict[str, Any]], files: list[Path], notes: list[str]
) -> Path:
    """Write folder/manifest.json.

    Parameters
    ----------
    card : closed.json of the period: run id and inputs of the close.
    pages : notebook, language and parameters of every page.
    files : what was written, listed with its sha256.
    notes : what did not come, such as PDFs without a browser.
    """
    content = {
        "run_id": card["run_id"],
        "period": card["period"],
        "provisional": card.get("provisional", False),
        "inputs": card.get("inputs", {}),
        "closing": {"settings": card.get("settings", {}), "pack": card.get("pack", {})},
        "report_pack": {"file": pack.name, "sha256": sha256(pack)},
        "pages": pages,
        "packages": {name: version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "files": {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(files)},
        "notes": notes,
    }
    return write_text(folder / "manifest.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def files_of_earlier(folder: Path) -> list[str]:
    """Names of the files that the manifest there lists, its own among them; none where there is no readable one."""
    manifest = folder / "manifest.json"
    try:
        listed = json.loads(manifest.read_text("utf8"))["files"]
        return [name for name in [*listed, manifest.name] if Path(name).name == name]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []
