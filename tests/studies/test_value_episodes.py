"""Episodes of a bundle: who opens one, who belongs to it, and what all its returns cost."""

import pandas as pd
import pytest

from analysis.engine import Engine, sql_text
from analysis.studies.report import SQL


def _day(day: int) -> pd.Timestamp:
    return pd.Timestamp("2022-01-01") + pd.Timedelta(days=day)


def stays(*rows: tuple[str, str, int, int, float, str, bool]) -> pd.DataFrame:
    """stay_id, patient_id, day of admission, day of discharge, cost, group, planned."""
    columns = ["stay_id", "patient_id", "first", "last", "cost_total", "drg_code", "planned"]
    made = pd.DataFrame(rows, columns=columns).astype({"patient_id": "str"})
    return made.assign(
        admitted_at=made["first"].map(_day), discharged_at=made["last"].map(_day), hospital_id="H", department="12",
        payment=12000.0, cost_complete=True, period="2022-01", readmitted=False, transferred_in=False,
    )  # fmt: skip


def episodes(cases: pd.DataFrame) -> pd.DataFrame:
    with Engine() as engine:
        for name in ("cases", "case_book", "patient_days"):
            engine.put(name, cases)
        asked = {"hospital": "H", "drgs": ["KS19"], "days": 30, "first": "2022-01", "last": "2022-12"}
        return engine.frame(sql_text(SQL, "value_episodes"), **asked).set_index("stay_id")


def test_all_returns_of_an_episode_are_its_cost():
    """Discharged on day 10; back on days 20 and 35, both within 30 days: one episode that bears both."""
    rows = episodes(stays(
        ("A1", "A", 0, 10, 9000, "KS19", False), ("A2", "A", 20, 25, 7000, "KS19", False),
        ("A3", "A", 35, 38, 4000, "ES25", False),
    ))  # fmt: skip
    assert list(rows.index) == ["A1"] and rows.loc["A1", "readmitted"]
    assert rows.loc["A1", ["again_cost", "again_payment"]].tolist() == [11000, 24000]


def test_who_comes_back_after_the_window_opens_the_next_episode():
    """A2 is back 10 days after A1 and belongs to it. A3 is 27 days after A2 but 42 after A1: an episode of its own,
    to which A4 belongs. No stay is lost and none counts twice."""
    rows = episodes(stays(
        ("A1", "A", 0, 10, 1000, "KS19", False), ("A2", "A", 20, 25, 200, "KS19", False),
        ("A3", "A", 52, 60, 3000, "KS19", False), ("A4", "A", 70, 75, 400, "KS19", False),
    ))  # fmt: skip
    assert list(rows.index) == ["A1", "A3"]
    assert rows["cost"].sum() + rows["again_cost"].sum() == pytest.approx(4600)


def test_a_planned_stay_and_another_patient_open_their_own():
    rows = episodes(stays(
        ("A1", "A", 0, 10, 1000, "KS19", False), ("A2", "A", 15, 20, 1000, "KS19", True),
        ("B1", "B", 12, 20, 1000, "KS19", False),
    ))  # fmt: skip
    assert list(rows.index) == ["A1", "A2", "B1"] and not rows["readmitted"].any()
