"""A report is put in place as a whole: while it is made, and when it fails, the earlier one stays."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.files import only_one, write_text

#: In the folder of retired files as long as files are being exchanged: the names of the new ones.
_JOURNAL = ".exchanging.json"
#: Characters of a code in a file name (a Chinese one is three bytes, and a name may have 255).
_LONGEST = 40


def safe_name(text: str) -> str:
    """A code as part of a file name; where letters had to go, a short hash keeps two codes apart."""
    kept = re.sub(r"[^\w-]", "", text)[:_LONGEST]
    return kept if kept == text else f"{kept}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """An empty folder inside `folder` to write a report to; gone at the end, whatever happens.

    Raises
    ------
    InputError
        Another process writes a report there.
    """
    draft, retired = _draft(folder), _retired(folder)
    with only_one(folder.with_name(f".{folder.name}.report.lock"), "report of this period", folder):
        _undo(folder)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(retired, ignore_errors=True)


def publish(draft: Path, folder: Path, earlier: Iterable[str]) -> None:
    """Move a draft's files into the folder, in place of the earlier ones; where a file is held fast, nothing changes.

    Cut off on the way, the next `draft_folder` takes the new files away and puts the earlier ones back.

    Parameters
    ----------
    earlier : names of the files of the earlier report; those that the draft does not have are removed.

    Raises
    ------
    OSError
        A file cannot be replaced, such as a workbook open in Excel on Windows: the earlier report is as it was.
    """
    retired, new = _retired(folder), _names(draft)
    write_text(retired / _JOURNAL, json.dumps(new))
    old = [name for name in dict.fromkeys([*new, *earlier]) if (folder / name).is_file()]
    try:
        _move(folder, retired, old)
        _move(draft, folder, new)
    except OSError:
        _undo(folder)
        raise
    (retired / _JOURNAL).unlink()
    shutil.rmtree(retired, ignore_errors=True)


def _undo(folder: Path) -> None:
    """Put the earlier report back where an exchange was not ended: its journal is still there."""
    draft, retired = _draft(folder), _retired(folder)
    journal = retired / _JOURNAL
    if journal.is_file():
        draft.mkdir(exist_ok=True)
        _move(folder, draft, [name for name in json.loads(journal.read_text("utf8")) if _placed(name, folder, draft)])
        _move(retired, folder, [name for name in _names(retired) if name != _JOURNAL])
        journal.unlink()
    shutil.rmtree(retired, ignore_errors=True)


def _placed(name: str, folder: Path, draft: Path) -> bool:
    """True for a new file that has left the draft for the folder."""
    return not (draft / name).exists() and (folder / name).exists()


def _draft(folder: Path) -> Path:
    return folder / ".report.unfinished"


def _retired(folder: Path) -> Path:
    return folder / ".report.retired"


def _move(origin: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        (origin / name).replace(target / name)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
