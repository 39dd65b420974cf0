"""Patients of other pathways at a resource: waits known exactly, and nobody of them counted."""

from math import exp
from pathlib import Path

import numpy as np
import pytest

from analysis.pathways.assembling import Cost, assemble
from analysis.pathways.experiment import simulate
from analysis.pathways.library import checked
from analysis.pathways.program import COHORT
from analysis.pathways.replications import replicate
from analysis.pathways.state import records

STEP = {"zh": "手术", "en": "Operation", "items": {"S1": 1}, "resource": "theatre"}


def pathway(others: dict | None, a_day: float = 0.05, units: int = 1):
    """Patients who need a theatre for a moment."""
    said = {
        "id": "p", "version": "1", "zh": "路径", "en": "p", "basis": {"zh": "测试", "en": "test"},
        "entry": {"drg": ["A"]}, "standard": {"days": 2}, "steps": {"operation": STEP}, "arrivals": {"a_day": a_day},
        "resources": {"theatre": {"units": units} | ({"others": others} if others else {})},
        "course": [{"do": "operation", "time": {"constant": 1e-6}}, {"discharge": "home"}],
    }  # fmt: skip
    return checked(said, Path("others.yaml"))


def waits(of, replications=60):
    return simulate([of], {"S1": Cost("service", 7.0)}, replications=replications, warm=300, days=4000, seed=4)


def offered_wait(come: float, patience: float) -> float:
    """Mean wait of who waits however long, in M/M/1 whose others (mean service 1) leave after `patience`.

    F. Baccelli, G. Hebuterne (1981): density of the offered wait come P0 exp((come - 1) x) up to the patience, from
    there falling by exp(-x).
    """
    grow, end = come - 1, exp((come - 1) * patience)
    below = (end - 1) / grow
    moment = (patience * end - below) / grow
    nobody = 1 / (1 + come * (below + end))
    return come * nobody * (moment + end * (patience + 1))


def test_all_others_wait():
    """M/M/1 at load 0.6: 0.6 / 0.4 in the mean."""
    found = waits(pathway({"a_day": 0.6, "time": {"exponential": {"mean": 1}}}))
    assert found.outcomes["waiting"].mean() == pytest.approx(1.5, rel=0.04)


@pytest.mark.parametrize(("come", "patience"), [(1.4, 3.0), (0.9, 1.5)])
def test_others_give_up(come, patience):
    found = waits(pathway({"a_day": come, "time": {"exponential": {"mean": 1}}, "patience": patience}))
    assert found.outcomes["waiting"].mean() == pytest.approx(offered_wait(come, patience), rel=0.04)
    assert found.unstable == []


def test_others_are_in_no_outcome():
    with_others = waits(pathway({"a_day": 3, "time": {"constant": 0.2}}, units=9), 20)
    alone = waits(pathway(None, units=9), 20)
    for outcome, values in alone.outcomes.items():
        assert with_others.outcomes[outcome] == pytest.approx(values, nan_ok=True), outcome


def test_others_come_beside_a_cohort():
    cohort = records(300, COHORT)
    cohort["at"] = np.arange(300) * 5 + 50.0
    built = assemble([pathway({"a_day": 0.6, "time": {"exponential": {"mean": 1}}})], cohort=cohort)
    of = replicate(built.program, 20, seed=2, warm=0, horizon=3000)
    assert (of.classes["arrivals"][:, 0] == 300).all() and (of.classes["stays"][:, 0] == 300).all()
    assert (of.resources["days_waited"][:, 0] / 300).mean() == pytest.approx(1.5, rel=0.15)
