"""What happens to a hospital while it works: a full disk, a folder that cannot be written, damage, two at once.

Whatever it is, it is told in one clear error, and the last good month is there byte for byte.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import Random

import pytest
import yaml
from robustness.source_files import Source

from analysis.closed_period import open_period, sound_table
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.periods import Period
from benchmarks.corruptions.damage import DAMAGES
from benchmarks.corruptions.rounds import hashes

RATE = Path("parameters/payment/hand.yaml")


def command_in(place: Path, *words: str, limit: int = 0) -> tuple[int, str]:
    """A command as a process of its own; `limit`: bytes that a file may have at most."""

    def set_limit() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "analysis.cli", *words],
        cwd=place,
        capture_output=True,
        preexec_fn=set_limit,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def told(ended: tuple[int, str], *words: str) -> None:
    code, text = ended
    assert code == 1 and "Traceback" not in text and "error: " in text and "  mend:  " in text, text
    assert [word for word in words if word not in text] == [], text


@pytest.fixture
def closed(imported_and_closed: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The hand hospital, imported, closed, and then given another rate, so that both months are to be closed anew."""
    place = tmp_path / "hand"
    shutil.copytree(imported_and_closed.place, place)
    monkeypatch.chdir(place)
    RATE.write_text(yaml.safe_dump(yaml.safe_load(RATE.read_text()) | {"rate": 5100}), "utf8")
    return replace(imported_and_closed, place=place)


def leftovers(place: Path) -> list[str]:
    return [path.name for path in place.rglob(".*") if path.name.endswith((".unfinished", ".retired"))]


# --- the disk


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_no_room_for_a_closed_table(closed: Source):
    """The system lets no file grow beyond 3,000 bytes: the first larger table is the one that fails."""
    good = hashes(Path("outputs"))
    told(command_in(closed.place, "close", "data/hand", limit=3000), "outputs/hand/2023-05", "make room on the disk")
    assert hashes(Path("outputs")) == good and leftovers(closed.place) == []
    assert closed.close().code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
@pytest.mark.parametrize("limit", [600, pytest.param(2500, marks=pytest.mark.slow)])
def test_no_room_for_an_import(closed: Source, limit: int):
    """At 600 bytes the drafts of the engine fail, at 2,500 the tables: both are told as what they are."""
    good = hashes(Path("data"))
    told(command_in(closed.place, "import", "spec.yaml", "--out", "data/hand", limit=limit), "make room on the disk")
    assert hashes(Path("data")) == good and leftovers(closed.place) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 KiB, where this process may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a disk here; the limit on the size of files is tested instead")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk(closed: Source, tiny_disk: Path):
    """Room for one closed month (some 150 KiB) and not for a second beside it."""
    outputs = tiny_disk / "outputs"
    command_in(closed.place, "close", "data/hand", "--period", "2023-05", "--outputs", str(outputs))
    good = hashes(outputs)
    (tiny_disk / "ballast").write_bytes(b"x" * 30_000)
    told(command_in(closed.place, "close", "data/hand", "--outputs", str(outputs)), "the disk is full", str(outputs))
    assert good and hashes(outputs) == good and leftovers(tiny_disk) == []
    (tiny_disk / "ballast").unlink()


def test_a_folder_that_can_only_be_read(closed: Source, tmp_path: Path):
    outputs = tmp_path / "locked"
    shutil.copytree("outputs", outputs)
    if os.geteuid() == 0:
        bind = [["mount", "--bind", str(outputs), str(outputs)], ["mount", "-o", "remount,bind,ro", str(outputs)]]
        if any(subprocess.run(words, capture_output=True, check=False).returncode for words in bind):
            pytest.skip("root may write everywhere, and may not mount here")
    else:
        for folder in (outputs, outputs / "hand", *(outputs / "hand").iterdir()):
            folder.chmod(0o500) if folder.is_dir() else None
    try:
        told(
            command_in(closed.place, "close", "data/hand", "--outputs", str(outputs)),
            "choose a folder you may write to",
        )
        assert hashes(outputs) == hashes(Path("outputs"))
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", str(outputs)], check=True)
        else:
            subprocess.run(["chmod", "-R", "u+w", str(outputs)], check=True)


# --- damage


def test_a_damaged_table_of_the_data_folder(source: Source):
    """Told before anything is computed from it, by check and by close."""
    source.only("stays", "departments")
    source.write()
    assert source.bring().code == 0
    table = source.place / "data/hand/stays.parquet"
    kept = table.read_bytes()
    for name, damage in DAMAGES.items():
        damage(table, Random(1))
        for ended in (source.check(), source.close()):
            assert ended.clear and "stays.parquet" in ended.text, name + ended.text
        restore(table, kept)
    assert source.close().code == 0


def restore(file: Path, content: bytes) -> None:
    if file.is_dir():
        file.rmdir()
    file.write_bytes(content)


def test_a_month_of_lines_that_is_gone_or_slipped_in(closed: Source):
    lines = closed.place / "data/hand/charges/2023-05.parquet"
    kept = lines.read_bytes()
    lines.unlink()
    assert "charges/2023-05.parquet" in closed.close().text and closed.close().clear
    lines.write_bytes(kept)
    lines.with_name("2023-05-copy.parquet").write_bytes(kept)
    ended = closed.close()
    assert ended.clear and "2023-05-copy.parquet" in ended.text and "was not there" in ended.text


@pytest.mark.parametrize("sealed", [True, False])
def test_a_damaged_report_of_the_import(source: Source, sealed: bool):
    """Check shows what it says: damaged, it is told; a number changed in it is noticed where the folder is sealed."""
    source.only("stays", "departments")
    source.write()
    assert source.bring().code == 0
    report = source.place / "data/hand/import.json"
    text = report.read_text("utf8")
    if not sealed:
        (source.place / "data/hand/files.json").unlink()
    for other in (text[:-40], "[]", "{}", *([text.replace(": 3,", ": 4,")] if sealed else [])):
        report.write_text(other, "utf8")
        ended = source.check()
        assert ended.clear and "import.json" in ended.text, ended.text + ended.traceback


def test_a_file_that_vanishes_while_it_is_worked_on(closed: Source, monkeypatch: pytest.MonkeyPatch):
    room = import_module("analysis.closing.close")
    make = room._make_tables

    def vanish(*given: object) -> None:
        (closed.place / "data/hand/charges/2023-05.parquet").unlink()
        make(*given)

    good = hashes(Path("outputs"))
    monkeypatch.setattr(room, "_make_tables", vanish)
    ended = closed.close()
    assert ended.clear and "2023-05.parquet" in ended.text, ended.text
    assert hashes(Path("outputs")) == good


def test_lines_that_are_exchanged_while_a_month_is_closed(closed: Source, monkeypatch: pytest.MonkeyPatch):
    room = import_module("analysis.closing.close")
    make, lines = room._make_tables, closed.place / "data/hand/charges/2023-05.parquet"
    (closed.place / "data/hand/files.json").unlink()
    june = lines.with_name("2023-06.parquet").read_bytes()

    def exchange(*given: object) -> None:
        make(*given)
        lines.write_bytes(june)

    monkeypatch.setattr(room, "_make_tables", exchange)
    ended = closed.close()
    assert ended.clear and "was changed while 2023-05 was being closed" in ended.text


def test_a_damaged_closed_month_is_never_read_and_is_closed_again(source: Source):
    source.only("stays", "departments")
    source.write()
    assert source.bring().code == 0 and source.close().code == 0
    good = hashes(Path("outputs"))
    table = Path("outputs/hand/2023-05/tables/cases.parquet")
    kept = table.read_bytes()
    for damage in DAMAGES.values():
        restore(table, kept)
        damage(table, Random(2))
        with pytest.raises(InputError):
            open_period("outputs/hand/2023-05").frame("cases")
    assert source.close().code == 0 and hashes(Path("outputs")) == good


def test_a_closed_table_says_where_it_is_damaged(closed: Source):
    table = Path("outputs/hand/2023-05/tables/cases.parquet")
    table.write_bytes(table.read_bytes()[:-1] + b"X")
    with pytest.raises(InputError, match=r"table cases of 2023-05 is not what was closed(.|\n)*cases.parquet"):
        sound_table(Path("outputs/hand"), Period("2023-05"), "cases")


def test_an_import_that_was_cut_off_is_put_back_by_whoever_opens_the_folder(closed: Source):
    good = hashes(Path("data/hand"))
    Path("data/hand").rename("data/.hand.retired")
    Path("data/.hand.unfinished").mkdir()
    assert open_hospital("data/hand").name == "hand"
    assert hashes(Path("data/hand")) == good and leftovers(Path("data")) == []


# --- two at once


def _processes(place: Path, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
    """Commands started together, and how each ended."""
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "analysis.cli", *words], cwd=place, stdout=pipe, stderr=subprocess.STDOUT
        )
        for words in commands
    ]
    ended = [(process.communicate()[0].decode(), process.returncode) for process in started]
    return [(code, text) for text, code in ended]


_IMPORT = ("import", "spec.yaml", "--out", "data/hand")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("close", "data/hand"), _IMPORT])
def test_two_at_once(closed: Source, words: tuple[str, ...]):
    """One does it; the other does it after it, or says that somebody else is at it."""
    ended = _processes(closed.place, words, words)
    assert 0 in [code for code, _ in ended]
    for code, text in ended:
        if code:
            told((code, text), "another ", "wait until it has ended")
    assert leftovers(closed.place) == []
    assert closed.close().code == 0
    good = hashes(Path("outputs"))
    shutil.rmtree("outputs")
    assert closed.close().code == 0 and hashes(Path("outputs")) == good


@pytest.fixture
def slow_close(closed: Source) -> Callable[[], subprocess.Popen[bytes]]:
    """A close that stops in the middle and waits, as a process."""
    script = """
import sys, time
from importlib import import_module
from pathlib import Path
room = import_module("analysis.closing.close")
def wait(*given):
    Path("waiting").touch()
    time.sleep(600)
room._make_tables = wait
room.close(Path("data/hand"), [], Path("outputs"))
"""

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", script], cwd=closed.place)
        while not (closed.place / "waiting").exists():
            assert process.poll() is None
            time.sleep(0.01)
        return process

    return start


def test_a_close_waits_for_nobody_and_its_lock_dies_with_it(closed: Source, slow_close):
    process = slow_close()
    try:
        ended = closed.close()
        assert ended.clear and "another close of this hospital is running" in ended.text
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert closed.close().code == 0
