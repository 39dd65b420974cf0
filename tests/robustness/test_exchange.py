"""Files and folders are exchanged whole: killed after any step, a reader finds the old one or the new one.

A child process kills itself (SIGKILL, so nothing is cleaned up) before its n-th change of the file system.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from analysis.errors import InputError
from analysis.files import last_good, only_one, recover, replacing, replacing_folder, write_text

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Do some work in a child that is killed before its n-th change; False where it ended before."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in _CHANGES:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def fill(folder: Path, text: str) -> None:
    with replacing_folder(folder) as draft:
        for name in ("a", "b", "deep/c"):
            write_text(draft / name, text)


def held(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


@pytest.mark.parametrize("there_before", [True, False])
def test_a_folder_is_the_old_or_the_new_one_whenever_its_writer_is_killed(tmp_path: Path, there_before: bool):
    old = dict.fromkeys(("a", "b", "deep/c"), "old") if there_before else {}
    new = dict.fromkeys(("a", "b", "deep/c"), "new")
    states, step = [], 0
    while True:
        place = tmp_path / str(step)
        place.mkdir()
        folder = place / "f"
        if there_before:
            fill(folder, "old")
        killed = killed_at(step, lambda folder=folder: fill(folder, "new"))
        found = held(last_good(folder)) if last_good(folder).exists() else {}
        assert found in (old, new)
        states.append(found == new)
        fill(folder, "later")
        assert set(held(folder).values()) == {"later"} and hidden(place) == []
        if not killed:
            break
        step += 1
    assert states[0] is False and states[-1] is True and states == sorted(states) and len(states) > 8


def test_recover_puts_back_what_was_there(tmp_path: Path):
    folder = tmp_path / "f"
    fill(folder, "old")
    folder.rename(tmp_path / ".f.retired")
    (tmp_path / ".f.unfinished").mkdir()
    recover(folder)
    assert set(held(folder).values()) == {"old"} and hidden(tmp_path) == []


def test_a_folder_that_fails_leaves_the_earlier_one(tmp_path: Path):
    fill(tmp_path / "f", "old")
    with pytest.raises(ZeroDivisionError), replacing_folder(tmp_path / "f") as draft:
        write_text(draft / "a", "new")
        raise ZeroDivisionError
    assert set(held(tmp_path / "f").values()) == {"old"} and hidden(tmp_path) == []


def test_a_folder_that_cannot_be_exchanged_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fill(tmp_path / "f", "old")
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self.name == ".f.unfinished":
            raise PermissionError(13, "in use", str(target))
        return rename(self, target)

    with monkeypatch.context() as patch, pytest.raises(PermissionError):
        patch.setattr(Path, "rename", refusing)
        fill(tmp_path / "f", "new")
    assert set(held(tmp_path / "f").values()) == {"old"} and hidden(tmp_path) == []


def test_a_file_is_the_old_or_the_new_one_whenever_its_writer_is_killed(tmp_path: Path):
    states = []
    for step in range(4):
        path = write_text(tmp_path / f"{step}.html", "old")
        killed_at(step, lambda path=path: write_text(path, "new"))
        states.append(path.read_text())
        write_text(path, "later")
        assert path.read_text() == "later" and hidden(tmp_path) == []
    assert states[0] == "old" and states[-1] == "new" and states == sorted(states, reverse=True)


def test_a_file_that_cannot_be_written_is_named_and_leaves_the_old_one(tmp_path: Path):
    path = write_text(tmp_path / "a.html", "old")
    with pytest.raises(OSError) as caught, replacing(path):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(path) and path.read_text() == "old" and hidden(tmp_path) == []


def test_two_writers_of_one_file_never_mix(tmp_path: Path):
    """Each has a draft of its own: what a living process is writing is not taken for a leftover."""
    with replacing(tmp_path / "a") as mine:
        mine.write_text("half of mine")
        child = os.fork()
        if child == 0:
            write_text(tmp_path / "a", "theirs")
            os._exit(0)
        os.waitpid(child, 0)
        assert (tmp_path / "a").read_text() == "theirs" and mine.read_text() == "half of mine"
    assert (tmp_path / "a").read_text() == "half of mine"


def test_one_at_a_time(tmp_path: Path):
    def lock() -> AbstractContextManager[None]:
        return only_one(tmp_path / ".lock", "close", tmp_path)

    with lock(), pytest.raises(InputError, match="another close is running"), lock():
        pytest.fail("the second one must not begin")
    with lock():
        pass
