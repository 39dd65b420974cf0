"""What the engine says of planted comparisons: found first, money, interval, and what it calls where nothing is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd

from analysis.rootcause.baselines import Baseline
from analysis.rootcause.explain_core import Explained, explain_sample
from analysis.rootcause.settings import RootCause
from benchmarks.planted_causes import ITEM_KINDS, KINDS, Plant, Planted, make_planted

COMPARISONS = ("own_past", "peers")


def explain_planted(planted: Planted, comparison: str = "own_past", draws: int | None = None) -> Explained:
    """The engine's causes, with the settings it has by default (floor 10,000 CNY, 2,000 draws)."""
    baseline = Baseline(comparison, planted.baseline, None)
    return explain_sample(planted.actual, baseline, "PLANTED", RootCause(), hospital="H1", months=12, draws=draws)


def leaves_of(rows: pd.DataFrame, view: str) -> pd.DataFrame:
    """Causes of a view that have no parts: rows of an effect, a driver or a reason of waiting."""
    if view == "item":
        return rows[rows["view"].eq("item") & rows["effect"].ne("total")]
    reason = rows["level"].eq(3) & rows["parent"].eq("stay")
    driver = rows["level"].eq(2) & rows["cause"].ne("stay")
    return rows[rows["view"].eq("driver") & (reason | driver | rows["effect"].eq("payment"))]


@dataclass(frozen=True)
class Answer:
    """What the engine says of one plant, CNY.

    covered, held : the interval holds the expected truth, the truth of these very cases. first : it is the first cause
    called in its view (the largest amount of those called). close : the money error is at most max(10 %, two standard
    errors). share : truth of the cost of the cases.
    """

    kind: str
    subject: str
    truth: float
    expected: float
    amount: float
    error: float
    covered: bool
    held: bool
    called: bool
    first: bool
    close: bool
    share: float


def answers(explained: Explained, planted: Planted) -> list[Answer]:
    """Look the plants up among the causes, each in the view in which it is one cause."""
    triples = zip(planted.plants, planted.truth, planted.expected, strict=True)
    return [_answer(explained, *one) for one in triples]


def _answer(explained: Explained, plant: Plant, truth: float, expected: float) -> Answer:
    leaves = leaves_of(explained.rows, "item" if plant.kind in ITEM_KINDS else "driver")
    own = leaves[leaves["effect"].eq(plant.kind) & leaves["cause"].eq(_cause(plant))]
    share = truth / float(explained.sample.cases["cost"].sum())
    if own.empty:
        return Answer(plant.kind, plant.subject, truth, expected, 0.0, 0.0, *[False] * 5, share)
    row, error = own.iloc[0], _draws(explained, plant)[1:].std(ddof=1)
    amount = float(row["amount_total"])
    money = leaves["amount_total"].astype(float)[leaves["called"]]
    return Answer(
        plant.kind, plant.subject, truth, expected, amount, float(error),
        covered=bool(row["ci_low"] <= expected <= row["ci_high"]),
        held=bool(row["ci_low"] <= truth <= row["ci_high"]),
        called=bool(row["called"]),
        first=bool(len(money) and money.idxmax() == row.name),
        close=bool(abs(amount - truth) <= max(0.1 * abs(truth), 2 * error)),
        share=share,
    )  # fmt: skip


def _cause(plant: Plant) -> str:
    return f"stay_{plant.subject}" if plant.kind == "stay" else plant.subject or plant.kind


def _draws(explained: Explained, plant: Plant) -> np.ndarray:
    """(1 + draws,) money of the cause that a plant is."""
    if plant.kind in ("payment", "mix"):
        return getattr(explained.items, plant.kind)
    if plant.kind in ITEM_KINDS:
        return getattr(explained.items, plant.kind)[:, explained.items.layout.groups.index(plant.subject)]
    return explained.drivers.drivers[_cause(plant)]


def judge(job: tuple[int, Sequence[str], str, int | None]) -> list[dict[str, Any]]:
    """One data set: an answer for each plant; where nothing is planted, the causes called and the share of causes whose
    interval holds zero, by view and effect.

    Parameters
    ----------
    job : seed, kinds planted, comparison, draws.
    """
    seed, kinds, comparison, draws = job
    planted = make_planted(seed, kinds, comparison)
    explained = explain_planted(planted, comparison, draws)
    facts = {"seed": seed, "comparison": comparison, "plants": len(kinds), "physicians": planted.physicians}
    if kinds:
        return [facts | asdict(answer) for answer in answers(explained, planted)]
    called = explained.rows[explained.rows["called"]]
    names = [":".join(row) for row in called[["view", "cause", "effect"]].to_numpy()]
    leaves = pd.concat([leaves_of(explained.rows, view) for view in ("item", "driver")])
    holds = (leaves["ci_low"] <= 0) & (leaves["ci_high"] >= 0)
    by_effect = holds.groupby([leaves["view"], leaves["effect"]]).mean()
    zero = {f"{view}:{effect}": float(share) for (view, effect), share in by_effect.items()}
    return [facts | {"kind": "none", "called": bool(len(called)), "names": names, "zero": zero}]


def jobs_of(seeds: Sequence[int], draws: int | None = None) -> list[tuple[int, Sequence[str], str, int | None]]:
    """Of ten data sets seven have one plant, kinds in turn, two have none, one has three; both comparisons in turn."""
    jobs = []
    for place, seed in enumerate(seeds):
        turn = place // 10
        kinds: list[str] = []
        if place % 10 < 7:
            kinds = [KINDS[(7 * turn + place % 10) % len(KINDS)]]
        elif place % 10 == 9:
            kinds = [KINDS[(turn + step) % len(KINDS)] for step in (0, 3, 7)]
        jobs.append((seed, kinds, COMPARISONS[(turn // 10) % 2], draws))
    return jobs


def judge_all(seeds: Sequence[int], draws: int | None = None, processes: int = 2) -> pd.DataFrame:
    """`judge` of every data set in processes of their own, in the order of the seeds."""
    jobs = jobs_of(seeds, draws)
    if processes == 1:
        return pd.DataFrame([row for job in jobs for row in judge(job)])
    with get_context("fork").Pool(processes) as pool:
        return pd.DataFrame([row for rows in pool.imap(judge, jobs, chunksize=5) for row in rows])
