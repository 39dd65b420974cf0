"""Files and folders take their place when they are whole: no reader ever meets half of one, whenever a process ends.

A file or folder is written beside its place, under the name .NAME.unfinished, and renamed. While a folder is
exchanged, the earlier one is .NAME.retired. What a process that was killed left of these is cleared by the next run.
Folders are forced to the disk before they are exchanged, so that a power cut leaves the old or the new one.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write a file to; it takes the place of `path` when the block ends well, else it is gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.unfinished"):
        if _abandoned(left):
            left.unlink(missing_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a UTF-8 file whole or not at all."""
    return write_bytes(path, text.encode("utf8"))


@contextmanager
def replacing_folder(final: Path) -> Iterator[Path]:
    """An empty folder to fill; it takes the place of `final` when the block ends well, else `final` is as it was.

    The caller holds a lock (`only_one`): a second process would clear the folder under the first one's hands.
    """
    recover(final)
    draft = _beside(final, "unfinished")
    draft.mkdir(parents=True)
    try:
        yield draft
        _to_disk(draft)
        _exchange(draft, final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def recover(final: Path) -> None:
    """Put the earlier folder back where an exchange was cut off between its renames; clear what else is left over."""
    retired = _beside(final, "retired")
    if retired.exists() and not final.exists():
        retired.rename(final)
    for left in (retired, _beside(final, "unfinished")):
        shutil.rmtree(left, ignore_errors=True)


def last_good(final: Path) -> Path:
    """Where the folder's last whole content is, for those who only read: the retired one while an exchange goes on."""
    retired = _beside(final, "retired")
    return retired if retired.exists() and not final.exists() else final


@contextmanager
def only_one(lock: Path, doing: str, where: Path, patience: float = 0) -> Iterator[None]:
    """Let one process at a time do something; the lock ends with the process that holds it.

    Parameters
    ----------
    patience : seconds to wait for the other one.

    Raises
    ------
    InputError
        Another process holds the lock.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=patience)
    try:
        held.acquire()
    except Timeout as error:
        raise InputError(f"another {doing} is running", where=str(where), mend="wait until it has ended") from error
    try:
        yield
    finally:
        held.release()


def sha256(path: Path) -> str:
    """Hash of a file's bytes; a file that has not changed since is not read again."""
    state = path.stat()
    return _sha256(path.resolve(), state.st_mtime_ns, state.st_size, state.st_ino)


@cache
def _sha256(path: Path, changed: int, size: int, number: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(final: Path, state: str) -> Path:
    return final.with_name(f".{final.name}.{state}")


def _exchange(draft: Path, final: Path) -> None:
    retired = _beside(final, "retired")
    if final.exists():
        final.rename(retired)
    try:
        draft.rename(final)
    except OSError:
        if retired.exists():
            retired.rename(final)
        raise
    _sync(final.parent)
    shutil.rmtree(retired, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """Force all files of a folder to the disk; many at once, because each only waits."""
    paths = sorted(folder.rglob("*"))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(_sync, [*paths, folder]))


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _abandoned(unfinished: Path) -> bool:
    """True where the process that wrote the file has ended (Windows cannot tell without ending it)."""
    number = unfinished.name.removesuffix(".unfinished").rpartition(".")[2]
    if os.name == "nt" or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
