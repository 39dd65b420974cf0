"""The demonstration hospital's folder: made whole or not at all, and kept as long as it would come out the same."""

import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analysis.errors import InputError
from analysis.files import recover, replacing_folder, write_text
from analysis.hospital import is_whole, writing
from analysis.settings import parameters_folder

#: What the folder was made by; a folder without it was not made here and is never replaced.
MADE_BY = "made_by.json"


def make_demo(
    out: Path,
    seed: int,
    without: tuple[str, ...],
    stays_per_year: int,
    first: str,
    last: str,
    progress: Callable[[str], None] | None = None,
) -> dict[str, int] | None:
    """Write the demonstration hospital to a folder of its own.

    Returns
    -------
    Rows a table; None where the folder is there already, made by this version with these parameters.

    Raises
    ------
    InputError
        The folder is there and holds something else.
    """
    made_by = {
        "version": version("drg-value-workbench"),
        "generator": _generator_hash(),
        "seed": seed,
        "without": sorted(without),
        "stays_per_year": stays_per_year,
        "first": first,
        "last": last,
    }
    with writing(out):
        recover(out)
        if _read_card(out) == made_by and is_whole(out):
            return None
        if out.exists() and any(out.iterdir()) and not _read_card(out):
            raise InputError(
                "the folder is there and was not made by `workbench demo`",
                where=str(out),
                mend="choose another --out, or move it away",
            )
        return _write(out, made_by, progress)


def _write(out: Path, made_by: dict[str, Any], progress: Callable[[str], None] | None) -> dict[str, int]:
    from analysis.demo.generator import write_demo

    chosen = {name: made_by[name] for name in ("seed", "without", "stays_per_year", "first", "last")}
    with replacing_folder(out) as unfinished:
        rows = write_demo(unfinished, **chosen, progress=progress)
        write_text(unfinished / MADE_BY, json.dumps(made_by, indent=1) + "\n")
    return rows


def _read_card(folder: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((folder / MADE_BY).read_text("utf8")))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None


def _generator_hash() -> str:
    """Hash of the code, the schemas and the parameters that decide what is generated."""
    package = Path(__file__).parent
    files = [*package.rglob("*.py"), *package.rglob("*.sql"), *(package.parent / "schemas").glob("*.yaml")]
    files += [file for file in (parameters_folder() / "demo").rglob("*") if file.is_file()]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
