"""Physicians and departments that were made to stand out, against who is told to stand out; and the order of review.

Five seeds that nothing was developed on.
"""

import pandas as pd
import pytest
from planted_peers import HABITS, MONTH, closed, judged

from analysis.audit.review_order import review_list
from analysis.engine import Engine

pytestmark = pytest.mark.slow

SEEDS, STAYS = range(951, 956), 3600
#: A unit stands out where its stays are charged this much more than without the habits; findings: this many times more.
DEARER, OFTENER = 1.15, 2.0


def _reviewed(engine: Engine, dear: pd.Series) -> pd.DataFrame:
    """Stays of four months in the order of review: first (in a month's first twentieth), dear (their physician)."""
    physician = engine.frame("select stay_id, physician_id from cases").set_index("stay_id")["physician_id"]
    months = (review_list(engine, "H001", MONTH.shift(-k).name) for k in range(0, 12, 3))
    return pd.concat(
        pd.DataFrame({"first": rows.index < len(rows) / 20, "dear": rows["stay_id"].map(physician).isin(dear)})
        for rows in months
    )


@pytest.fixture(scope="module")
def known() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Units of the five seeds with what they would be without the habits (_without), and their stays as reviewed."""
    units, reviewed = [], []
    for seed in SEEDS:
        with closed(seed, HABITS, STAYS) as plain:
            without = judged(plain)
        with closed(seed, (), STAYS) as engine:
            both = judged(engine).merge(without, on=["scope", "subject"], suffixes=("", "_without"))
            a_case, before = (both[f"observed{e}"] / both[f"cases{e}"] for e in ("", "_without"))
            both["ratio"] = a_case / before
            dear = both["scope"].eq("physician") & both["ratio"].ge(DEARER)
            units.append(both)
            reviewed.append(_reviewed(engine, both.loc[dear, "subject"]))
    return pd.concat(units, ignore_index=True), pd.concat(reviewed, ignore_index=True)


def _told(name: str, planted: pd.Series, told: pd.Series) -> tuple[float, float]:
    """Precision and recall."""
    both = int((planted & told).sum())
    precision, recall = both / max(int(told.sum()), 1), both / int(planted.sum())
    figures = {"units": len(planted), "planted": int(planted.sum()), "told": int(told.sum()), "right": both}
    print("PEERS", name, figures, f"precision={precision:.3f} recall={recall:.3f}")
    return precision, recall


def test_who_is_charged_more(known: tuple[pd.DataFrame, pd.DataFrame]):
    units = known[0]
    for scope, part in units.groupby("scope"):
        planted = part["ratio"] >= DEARER
        precision, recall = _told(f"charges {scope}", planted, part["alarm"])
        for low, high in ((DEARER, 1.35), (1.35, 1.6), (1.6, 9)):
            of = part[part["ratio"].between(low, high, inclusive="left")]
            print("PEERS", scope, f"{low} to {high} times as dear: {of['alarm'].sum()} of {len(of)} told")
        heavy = part["senior"] & ~planted
        print("PEERS seniors falsely told", int((heavy & part["alarm"]).sum()), "of", int(heavy.sum()))
        assert precision >= 0.9
        assert recall >= 0.2
    print("PEERS alarms without the habits", int(units["alarm_without"].sum()), "of", len(units))
    assert units["alarm_without"].mean() <= 0.01


def test_whom_more_is_found_of(known: tuple[pd.DataFrame, pd.DataFrame]):
    units = known[0]
    units = units[units["scope"] == "physician"]
    planted = (units["hits"] >= OFTENER * units["hits_without"]) & (units["hits"] >= units["hits_without"] + 3)
    precision, recall = _told("findings physician", planted, units["finding"])
    print("PEERS findings without the habits", int(units["finding_without"].sum()), "of", len(units))
    assert units["finding_without"].mean() <= 0.01
    assert precision >= 0.9 and recall > 0


def test_the_order_of_review_brings_them_forward_and_no_more(known: tuple[pd.DataFrame, pd.DataFrame]):
    """The share of stays of dear physicians among the first twentieth of a month's list, against their share in all."""
    rows = known[1]
    share, among = rows["dear"].mean(), rows.loc[rows["first"], "dear"].mean()
    print("PEERS order", f"stays={len(rows)} share={share:.3f} first={among:.3f} lift={among / share:.2f}")
    assert among > 1.2 * share
