"""The loop from finding to verification: what may follow what, what is refused, and that nothing is half written."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from closed_factory import card_of, shaped
from hand_hospital import hand_hospital, write_hospital

from analysis.audit.answers import take_answers
from analysis.audit.precision import rule_precision, suspended_rules, wilson
from analysis.audit.reviews import Answer, add_reviews, read_reviews, standing
from analysis.audit.rules import Rule
from analysis.audit.worklist import NAMES, write_worklist
from analysis.closed_period import write_period
from analysis.errors import InputError
from analysis.hospital import is_whole, open_hospital, seal_folder
from analysis.periods import Period

EVIL = '=HYPERLINK("http://evil.example","look")'


@pytest.fixture
def house(tmp_path: Path) -> tuple[Path, Path]:
    """data/hand, sealed, and its June closed with three findings and a denial; reviews of the denial: open."""
    rows = hand_hospital()
    rows["reviews"] = [_review("denial", "n1", "open", datetime(2023, 6, 20, 10))]
    data = write_hospital(tmp_path / "data" / "hand", rows)
    seal_folder(data)
    closed = {
        "findings": pd.DataFrame(_findings()),
        "denied": pd.DataFrame([_denial()]),
        "names": pd.DataFrame(_names()),
    }
    write_period(
        tmp_path / "outputs" / "hand",
        Period("2023-06"),
        shaped(closed),
        card_of(Period("2023-06"), "hand", "CNY", "zh"),
    )
    return data, tmp_path / "outputs"


def _review(kind: str, finding: str, status: str, at: datetime, note: str | None = None) -> dict:
    return {"kind": kind, "finding_id": finding, "status": status, "by": "Li", "at": at, "note": note}


def _findings() -> list[dict]:
    base: dict = {
        "rule_version": "1", "stage": "after", "result": "violation", "outcome": "hit", "hospital_id": "H",
        "stay_id": "s1", "physician_id": "0007",
        "service_date": date(2023, 6, 5), "explanation_zh": EVIL, "explanation_en": "Twice.",
    }  # fmt: skip
    return [
        base | {"finding_id": "f1", "rule_id": "A6.duplicate", "department": "D1", "amount_at_risk": 120.0},
        base | {"finding_id": "f2", "rule_id": "A3.panel", "department": "D1", "amount_at_risk": 75.5},
        base | {"finding_id": "f3", "rule_id": "A3.panel", "department": "D2", "amount_at_risk": None,
                "outcome": "lacking_evidence"},
    ]  # fmt: skip


def _denial() -> dict:
    return {"denial_id": "n1", "hospital_id": "H", "stay_id": "s1", "department": "D1", "denied_on": date(2023, 6, 18),
            "amount": 300.0, "reason": "over_testing"}  # fmt: skip


def _names() -> list[dict]:
    return [{"hospital_id": "H", "kind": "department", "code": "D1", "name": EVIL, "name_en": "Cardiology"}]


def _filled(path: Path, *answers: tuple[str, str, object, object, str]) -> Path:
    """A worklist with answers: finding_id, answer, by, date, note."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    ids = {sheet.cell(row, NAMES.index("finding_id") + 1).value: row for row in range(5, sheet.max_row + 1)}
    for finding, *values in answers:
        for name, value in zip(("status", "by", "at", "note"), values, strict=True):
            sheet.cell(ids[finding], NAMES.index(name) + 1).value = value
    book.save(path)
    return path


def _list(house: tuple[Path, Path], tmp_path: Path, **chosen: str) -> Path:
    out = tmp_path / "list.xlsx"
    write_worklist(*house, "2023-06", out, **chosen)
    return out


def test_a_worklist_lists_a_department_and_locks_all_but_the_answer(house, tmp_path: Path):
    assert write_worklist(*house, "2023-06", tmp_path / "d1.xlsx", department="D1") == 3
    sheet = openpyxl.load_workbook(tmp_path / "d1.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[NAMES.index("finding_id")] for row in rows] == ["f1", "f2", "n1"], "findings by money, then denials"
    assert sheet.protection.sheet and sheet.column_dimensions["A"].hidden and sheet.row_dimensions[3].hidden
    cells = {name: sheet.cell(5, NAMES.index(name) + 1) for name in NAMES}
    assert {name for name, cell in cells.items() if not cell.protection.locked} == {"status", "by", "at", "note"}
    assert cells["explanation"].value == EVIL and cells["explanation"].data_type == "s"
    assert (cells["standing"].value, cells["physician_id"].value) == ("待处理", "0007")
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert {v.formula1 for v in lists} == {'"已说明,已确认"'}


def test_both_languages_and_the_same_file_twice(house, tmp_path: Path):
    english = openpyxl.load_workbook(_list(house, tmp_path, language="en")).active
    assert [english.cell(4, at).value for at in (3, 14)] == ["Finding", "Answer"] and english.cell(
        5, 11
    ).value == "Twice."
    first = (tmp_path / "list.xlsx").read_bytes()
    assert _list(house, tmp_path, language="en").read_bytes() == first


def test_a_department_without_cases_is_told_which_have_some(house, tmp_path: Path):
    with pytest.raises(InputError, match="D1, D2"):
        _list(house, tmp_path, department="D9")


def test_the_loop_is_followed_to_its_end(house, tmp_path: Path):
    """Accepted and rectified on one day, verified later, each from its own file; words, codes, text and dates."""
    data, outputs = house
    closed = {path: path.read_bytes() for path in outputs.rglob("*") if path.is_file()}
    steps = [
        ("已确认", datetime(2023, 7, 1)), ("rectified", "2023-07-01"), ("Verified", "2023/7/9"),
    ]  # fmt: skip
    for status, at in steps:
        assert take_answers(_filled(_list(house, tmp_path), ("f1", status, "Wang", at, "")), data, outputs) == 1
    answers = read_reviews(open_hospital(data)).query("finding_id == 'f1'")
    assert answers["status"].tolist() == ["accepted", "rectified", "verified"] and answers["at"].is_unique
    row = standing(read_reviews(open_hospital(data))).loc["f1"]
    assert (row["status"], row["by"], row["at"].date()) == ("verified", "Wang", date(2023, 7, 9))
    assert is_whole(data) and {path: path.read_bytes() for path in closed} == closed, "the closed month is as it was"


def test_a_file_read_twice_adds_nothing_the_second_time(house, tmp_path: Path):
    filled = _filled(
        _list(house, tmp_path),
        ("f2", "已说明", "Wang", "2023-07-01", "病情需要"),
        ("n1", "已确认", "Li", "2023-07-01", ""),
    )
    assert [take_answers(filled, *house), take_answers(filled, *house)] == [2, 0]
    assert standing(read_reviews(open_hospital(house[0])), "denial").loc["n1", "status"] == "accepted"
    assert len(read_reviews(open_hospital(house[0]))) == 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (("f1", "已核验", "Li", "2023-07-01", ""), "f1: open -> verified; after open comes explained or accepted"),
        (("f1", "已说明", "Li", "2023-07-01", ""), "an explanation without its reason"),
        (("f1", "已确认", "", "2023-07-01", ""), "nobody named"),
        (("f1", "已确认", "Li", "2023-06-04", ""), "lies before the case itself, 2023-06-05"),
        (("f1", "已确认", "Li", "2999-01-01", ""), "lies in the future"),
        (("f1", "已确认", "Li", "soon", ""), "date 'soon' is none"),
        (("f1", "也许", "Li", "2023-07-01", ""), "answer '也许' is none"),
        (("n1", "已确认", "Li", "2023-06-19", ""), "n1: 2023-06-19 is before the last answer, 2023-06-20"),
    ],
)
def test_an_answer_that_cannot_be_right_refuses_the_whole_file(house, tmp_path: Path, answer: tuple, told: str):
    before = (house[0] / "reviews.parquet").read_bytes()
    good = ("f2", "已确认", "Li", "2023-07-01", "")
    with pytest.raises(InputError, match="where:") as caught:
        take_answers(_filled(_list(house, tmp_path), good, answer), *house)
    assert told in str(caught.value)
    assert (house[0] / "reviews.parquet").read_bytes() == before and is_whole(house[0])


@pytest.mark.parametrize("column", ["finding_id", "amount", "explanation", "kind"])
def test_a_changed_cell_is_noticed(house, tmp_path: Path, column: str):
    filled = _filled(_list(house, tmp_path), ("f1", "已确认", "Li", "2023-07-01", ""))
    book = openpyxl.load_workbook(filled)
    book.active.cell(5, NAMES.index(column) + 1).value = "f3" if column == "finding_id" else 1
    book.save(filled)
    with pytest.raises(InputError, match=r"row 5, f[13]") as caught:
        take_answers(filled, *house)
    assert "changed outside the yellow columns" in str(caught.value) and "mend:" in str(caught.value)


def test_rows_sorted_or_deleted_by_the_reader_do_not_matter(house, tmp_path: Path):
    filled = _filled(_list(house, tmp_path), ("f3", "已确认", "Li", "2023-07-01", ""))
    book = openpyxl.load_workbook(filled)
    book.active.delete_rows(5, 2)
    book.save(filled)
    assert take_answers(filled, *house) == 1


def test_a_row_copied_onto_another_is_noticed(house, tmp_path: Path):
    filled = _filled(_list(house, tmp_path, language="en"), ("f1", "已确认", "Li", "2023-07-01", ""))
    book = openpyxl.load_workbook(filled)
    for column in range(1, len(NAMES) + 1):
        book.active.cell(6, column).value = book.active.cell(5, column).value
    book.save(filled)
    with pytest.raises(InputError, match="rows 5 and 6: f1"):
        take_answers(filled, *house)


def test_files_that_are_no_worklist_and_worklists_of_others(house, tmp_path: Path):
    (tmp_path / "text.xlsx").write_text("no", "utf8")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(InputError, match="not an Excel workbook"):
        take_answers(tmp_path / "text.xlsx", *house)
    with pytest.raises(InputError, match="not a worklist"):
        take_answers(tmp_path / "empty.xlsx", *house)
    with pytest.raises(InputError, match="a worklist of hand"):
        take_answers(_list(house, tmp_path), house[0].with_name("other"), house[1])


def test_a_finding_that_the_month_no_longer_has_is_unknown(house, tmp_path: Path):
    filled = _filled(_list(house, tmp_path), ("f1", "已确认", "Li", "2023-07-01", ""))
    closed = {"findings": pd.DataFrame(_findings()[1:])}
    write_period(house[1] / "hand", Period("2023-06"), shaped(closed), card_of(Period("2023-06"), "hand", "CNY", "zh"))
    with pytest.raises(InputError, match="row 5: f1"):
        take_answers(filled, *house)


def test_reviews_in_a_folder_that_nobody_sealed_and_that_had_none(tmp_path: Path):
    data = write_hospital(tmp_path / "hand", hand_hospital())
    (data / "notes").mkdir()
    (data / "notes" / "mine.txt").write_text("kept", "utf8")
    answer = Answer("finding", "f1", "accepted", "Li", datetime(2023, 7, 1), None)
    assert add_reviews(data, [answer], "here") == 1
    assert pq.read_table(data / "reviews.parquet").num_rows == 1 and not (data / "files.json").exists()
    assert (data / "notes" / "mine.txt").read_text("utf8") == "kept"


def _rule(target: float | None, version: str = "1") -> Rule:
    return Rule(
        id="A3.panel", version=version, title={"zh": "一", "en": "one"}, template="duplicate", result="violation",
        effective_from=date(2022, 1, 1), basis={"zh": "一", "en": "one"}, said={"zh": "一", "en": "one"},
        target_precision=target,
    )  # fmt: skip


def _answered(agreed: int, explained: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings g0.. with an answer each, one still open, one lacking evidence that was accepted."""
    status = ["verified"] * agreed + ["explained"] * explained + ["open"]
    ids = [f"g{i}" for i in range(len(status))]
    findings = pd.DataFrame({"finding_id": [*ids, "x"], "rule_id": "A3.panel", "rule_version": "1"})
    findings["outcome"] = ["hit"] * len(ids) + ["lacking_evidence"]
    rows = [
        _review("finding", one, what, datetime(2023, 7, 1))
        for one, what in zip([*ids, "x"], [*status, "accepted"], strict=True)
    ]
    return findings, pd.DataFrame(rows)


def test_precision_by_hand():
    """6 of 24 agreed: 25 %, Wilson 12.0 to 44.9 %."""
    row = rule_precision(*_answered(6, 18)).iloc[0]
    assert (row["findings"], row["answered"], row["agreed"], row["precision"]) == (25, 24, 6, 0.25)
    assert (row["low"], row["high"]) == (pytest.approx(0.1200, abs=5e-4), pytest.approx(0.4490, abs=5e-4))
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == pytest.approx(1) and wilson(0, 0)[0] != wilson(0, 0)[0]


def test_a_rule_is_suspended_only_where_it_is_surely_below_its_target():
    findings, reviews = _answered(6, 18)
    assert suspended_rules([_rule(0.7)], reviews, findings) == {
        "A3.panel 1": "agreed 6 of 24 (25 %, at most 45 %), target 70 %".replace(" %", "%")
    }
    assert not suspended_rules([_rule(0.44)], reviews, findings), "below, but not beyond chance"
    assert not suspended_rules([_rule(None)], reviews, findings) and not suspended_rules(
        [_rule(0.7, "2")], reviews, findings
    )
    few, answers = _answered(0, 9)
    assert not suspended_rules([_rule(0.7)], answers, few), "nine answers are not enough"
    ten, answers = _answered(0, 10)
    assert suspended_rules([_rule(0.7)], answers, ten)
