"""Wrong input from the command line: exit code 1, no traceback, and a message that says where and how to mend it.

The commands run in this process, so an error that nobody catches fails the test with its own traceback.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hand_hospital import Rows, hand_hospital, write_hospital
from hand_parameters import write_parameters

from analysis import cli

Run = Callable[..., tuple[int, str]]
CARD = {"name": "手算医院", "name_en": "Hand hospital", "closing": "hand"}
STAYS = "id,dep,in,out,sum\nS1,D,2023-06-01,2023-06-04,100\nS2,D,2023-06-02,2023-06-05,200\n"
SELECT = (
    "select id as stay_id, 'H' as hospital_id, dep as department, \"in\" as admitted_at, out as discharged_at, "
    "sum as charge_total, _file, _row from stays"
)
DEPARTMENTS = "select 'H' as hospital_id, 'D' as department, 'Medicine' as name, min(_file) as _file, "
DEPARTMENTS += "min(_row) as _row from stays"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with parameters/ for the hand hospital."""
    write_parameters(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code and all that is printed of one command."""

    def go(*words: str | Path) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["workbench", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return go


@pytest.fixture
def bring(project: Path, run: Run) -> Callable[..., tuple[int, str]]:
    """Import one file of stays as data/hand."""

    def go(content: str | bytes, name: str = "stays.csv", **file: str) -> tuple[int, str]:
        (project / name).write_bytes(content.encode() if isinstance(content, str) else content)
        files = {"stays": {"path": name, "format": "csv"} | file}
        tables = {"departments": {"select": DEPARTMENTS}, "stays": {"select": SELECT}}
        spec = {"hospital": CARD, "files": files, "tables": tables}
        (project / "spec.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), "utf8")
        return run("import", "spec.yaml", "--out", "data/hand")

    return go


def hold(told: tuple[int, str], *words: str, code: int = 1) -> None:
    assert told[0] == code, told[1]
    assert "Traceback" not in told[1]
    assert [word for word in words if word not in told[1]] == [], told[1]
    if code:
        assert told[1].startswith("error: ") and "  mend:  " in told[1]


# --- import


def test_wrong_encoding(bring):
    told = bring(STAYS.replace("D,", "内科,").encode("gb18030"), encoding="utf-8")
    hold(told, "the file is not UTF-8", "stays.csv, line 2", "byte 0x", "encoding: gb18030")


def test_missing_column(bring):
    told = bring(STAYS.replace("out", "left"))
    hold(told, "column out is not in the file", "spec.yaml, tables.stays.select", "stays: id, dep, in, left, sum")


@pytest.mark.parametrize("content", ["", "id,dep,in,out,sum\n"])
def test_empty_file(bring, content: str):
    hold(bring(content), "stays.csv", "export")


def test_a_zip_that_is_no_workbook(bring):
    empty_zip = b"PK\x05\x06" + bytes(18)
    hold(bring(empty_zip, "stays.xlsx", format="xlsx"), "not a readable xlsx file", "stays.xlsx", "export")


def test_damaged_parquet(bring):
    hold(bring(b"PAR1" + bytes(40) + b"PAR1", "stays.parquet", format="parquet"), "not a readable parquet", "stays.p")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("S3,D,2023-06-01,2023-06-04,a lot", "charge_total"),
        ("S1,D,2023-06-01,2023-06-09,300", "duplicate key"),
        ("S3,D,2023-06-09,2023-06-04,300", "discharged before admitted"),
        (",D,2023-06-01,2023-06-04,300", "stay_id"),
    ],
    ids=["text in a number", "duplicate key", "negative stay", "no key"],
)
def test_a_bad_row_is_set_aside_with_its_reason(bring, project: Path, row: str, reason: str):
    told = bring(f"{STAYS}{row}\n")
    hold(told, reason, "wrote data/hand", code=0)
    aside = (project / "data/hand/quarantine/stays.csv").read_text("utf-8-sig").splitlines()
    assert len(aside) == 2 and aside[1].startswith('"stays.csv",4,')
    assert "4 read = 3 imported + 1 quarantined" in told[1]


def test_where_every_row_is_bad_nothing_is_imported(bring, project: Path):
    told = bring("id,dep,in,out,sum\nS1,D,2023-06-09,2023-06-04,100\n")
    hold(told, "no row of the required table stays", "stays.csv row 2", "tables.stays.select")
    assert not (project / "data/hand").exists()


# --- check and close


def write(project: Path, change: Callable[[Rows], None] = lambda rows: None) -> Path:
    rows = hand_hospital()
    change(rows)
    return write_hospital(project / "data/hand", rows)


def drop_ledger(rows: Rows) -> None:
    rows["ledger"] = [row for row in rows["ledger"] if row["month"] != "2023-06"]


def no_staff(rows: Rows) -> None:
    for row in rows["drivers"]:
        if row["month"] == "2023-06" and row["driver"] == "staff":
            row["quantity"] = 0


def unknown_department(rows: Rows) -> None:
    rows["stays"][0]["department"] = "Z"


def test_an_orphan_is_found_by_the_check(project: Path, run: Run):
    write(project, unknown_department)
    hold(run("check", "data/hand"), "quality.html", "department", code=0)


@pytest.mark.parametrize("change", [drop_ledger, no_staff])
def test_a_month_that_cannot_be_costed_is_found_by_the_check(project: Path, run: Run, change: Callable[[Rows], None]):
    write(project, change)
    told = run("check", "data/hand")
    hold(told, "2023-06", code=0)
    assert ("ledger" if change is drop_ledger else "staff") in told[1].lower()


@pytest.mark.parametrize(("change", "word"), [(drop_ledger, "ledger"), (no_staff, "staff")])
def test_a_month_that_cannot_be_costed_is_not_closed(project: Path, run: Run, change: Callable, word: str):
    write(project, change)
    hold(run("close", "data/hand", "--period", "2023-06"), "2023-06", word)
    assert not (project / "outputs/hand/2023-06/tables").exists()


def test_unknown_month(project: Path, run: Run):
    write(project)
    hold(run("close", "data/hand", "--period", "2031-01"), "2031-01")
    hold(run("close", "data/hand", "--period", "2023-13"), "2023-13")


def test_unknown_parameter(project: Path, run: Run):
    write(project)
    file = project / "parameters/closing/hand.yaml"
    file.write_text(file.read_text() + "colour: red\n")
    hold(run("close", "data/hand"), "colour", "hand.yaml", "costing")


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def damaged_pages(content: bytes) -> bytes:
    """The first pages overwritten; the list of columns at the end is whole."""
    return content[:4] + b"\xff" * 200 + content[204:]


@pytest.mark.parametrize("damage", [cut_off, damaged_pages])
@pytest.mark.parametrize("command", ["close", "check"])
def test_a_damaged_table_of_the_folder(project: Path, run: Run, damage: Callable[[bytes], bytes], command: str):
    table = write(project) / "stays.parquet"
    table.write_bytes(damage(table.read_bytes()))
    hold(run(command, "data/hand"), "stays.parquet")


@pytest.mark.parametrize("command", ["demo", "import"])
def test_the_folder_one_stands_in_is_written(
    project: Path, run: Run, bring, monkeypatch: pytest.MonkeyPatch, command: str
):
    bring(STAYS)
    (project / "data/here").mkdir()
    monkeypatch.chdir(project / "data/here")
    made: list[Path] = []
    monkeypatch.setattr("analysis.demo.folder.make_demo", lambda out, *_: made.append(out))
    words = {"demo": ("demo", "--out", "."), "import": ("import", "../../spec.yaml", "--out", ".")}
    code, said = run(*words[command])
    assert code == 0, said
    assert made == [project / "data/here"] if command == "demo" else (project / "data/here/stays.parquet").is_file()


def test_the_folder_one_stands_in_has_a_name(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(write(project))
    code, said = run("close", ".", "--period", "2023-06", "--outputs", "../../outputs")
    assert code == 0 and ": closed in" in said
    assert (project / "outputs/hand/2023-06/tables/closed.json").is_file()


# --- report


@pytest.fixture
def pack(project: Path) -> Path:
    (project / "notebooks").mkdir()
    (project / "notebooks/n.ipynb").write_text("{}")
    content = {"title": {"zh": "报告", "en": "Report"}, "pages": [{"notebook": "n.ipynb", "name": "n"}]}
    file = project / "parameters/packs/one.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(content), "utf8")
    return file


def test_report_of_a_month_that_is_not_closed(project: Path, run: Run, pack: Path):
    write(project)
    run("close", "data/hand", "--period", "2023-05")
    hold(run("report", pack, "--data", "data/hand", "--period", "2023-06"), "not closed: 2023-06", "outputs", "2023-05")


def test_report_of_a_hospital_that_is_not_there(project: Path, run: Run, pack: Path):
    write(project)
    run("close", "data/hand", "--period", "2023-05")
    told = run("report", pack, "--data", "data/hand", "--period", "2023-05", "--hospital", "X9")
    hold(told, "no cases of hospital 'X9'")


def test_report_of_a_closed_month_that_was_damaged(project: Path, run: Run, pack: Path):
    write(project)
    run("close", "data/hand", "--period", "2023-05")
    table = project / "outputs/hand/2023-05/tables/cases.parquet"
    table.write_bytes(cut_off(table.read_bytes()))
    hold(run("report", pack, "--data", "data/hand", "--period", "2023-05"), "cases.parquet")


# --- what the system refuses


@pytest.mark.parametrize("command", ["demo", "import", "close", "report", "check"])
def test_a_file_stands_where_a_folder_is_needed(project: Path, run: Run, bring, pack: Path, command: str):
    write(project)
    (project / "taken").write_text("mine")
    words = {
        "demo": ("demo", "--out", "taken", "--from", "2023-01", "--to", "2023-01", "--stays-per-year", "100"),
        "import": ("import", "spec.yaml", "--out", "taken/hand"),
        "close": ("close", "data/hand", "--outputs", "taken"),
        "report": ("report", pack, "--data", "data/hand", "--period", "2023-06", "--outputs", "taken"),
        "check": ("check", "taken"),
    }
    if command == "import":
        bring(STAYS, "stays.csv")
    hold(run(*words[command]))
    assert (project / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    ("number", "words"),
    [(13, "close the file in other programs"), (28, "the disk is full"), (30, "choose a folder you may write to")],
)
def test_what_the_system_refuses_is_told(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch, number, words):
    write(project)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "outputs/hand/x.parquet")

    monkeypatch.setattr("analysis.closing.close", refuse)
    hold(run("close", "data/hand"), words, "outputs/hand/x.parquet")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(project: Path, run: Run):
    write(project)
    (project / "outputs").mkdir(mode=0o500)
    hold(run("close", "data/hand"), "choose a folder you may write to")


def test_a_fault_of_the_program_is_not_hidden(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("analysis.closing.close", fail)
    with pytest.raises(ZeroDivisionError):
        run("close", "data/hand")


def test_a_console_of_another_code_page(project: Path, bring):
    bring(STAYS)
    words = [sys.executable, "-m", "analysis.cli", "import", "spec.yaml", "--out", "data/hand"]
    setting = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(words, cwd=project, env=setting, capture_output=True, check=False)
    assert done.returncode == 0 and b"Traceback" not in done.stderr and b"wrote data" in done.stdout
