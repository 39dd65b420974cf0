"""Files are written under another name and renamed when whole, so that no reader ever meets half a report."""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8, then rename."""
    return write_bytes(path, text.encode("utf8"))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safe_name(text: str) -> str:
    """A code as part of a file name; where letters had to go, a short hash keeps two codes apart."""
    kept = re.sub(r"[^\w-]", "", text)
    return kept if kept == text else f"{kept}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """An empty folder inside `folder` to write a report to; gone at the end, whatever happens."""
    draft, retired = folder / ".report.unfinished", folder / ".report.retired"
    if retired.is_dir():  # a run was cut off while it put its files in place
        _move(retired, folder, _names(retired))
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)


def publish(draft: Path, folder: Path, earlier: Iterable[str]) -> None:
    """Move a draft's files into the folder, in place of the earlier ones; where a file is held fast, nothing changes.

    Parameters
    ----------
    earlier : names of the files of the earlier report; those that the draft does not have are removed.

    Raises
    ------
    OSError
        A file cannot be replaced, such as a workbook open in Excel on Windows: the earlier report is as it was.
    """
    retired, new = folder / ".report.retired", _names(draft)
    retired.mkdir(exist_ok=True)
    old = [name for name in dict.fromkeys([*new, *earlier]) if (folder / name).is_file()]
    try:
        _move(folder, retired, old)
        _move(draft, folder, new)
    except OSError:
        _move(folder, draft, [name for name in new if not (draft / name).exists()])
        _move(retired, folder, _names(retired))
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _move(origin: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        (origin / name).replace(target / name)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
