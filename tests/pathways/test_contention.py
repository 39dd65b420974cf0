"""Contention: by hand, and how often it is claimed where there is none and found where there is."""

import numpy as np
import pandas as pd
import pytest

from analysis.pathways.capacity import hours_of
from analysis.pathways.contention import Requests, next_open, verdicts, windows

ALWAYS = np.empty((0, 2))
TRIALS = 400


def requests(asked, began, ended, own=None, open_=ALWAYS) -> Requests:
    asked, began, ended = (np.asarray(of, float) for of in (asked, began, ended))
    return Requests(asked, began, ended, np.ones(len(asked), bool) if own is None else np.asarray(own), open_)


def test_a_wait_counts_from_the_next_opening():
    open_ = np.array([[0.5, 0.75], [1.5, 1.75]])
    assert next_open(np.array([0.1, 0.6, 0.8, 1.6, 2.0]), open_).tolist() == [0.5, 0.6, 1.5, 1.6, 2.0]
    of = requests([0.1, 0.6, 0.8], [0.5, 0.7, 1.6], [0.6, 0.8, 1.7], open_=open_)
    assert of.waits == pytest.approx([0, 0.1, 0.1])


def test_in_line_are_those_before_who_are_not_done():
    """Asked at 0, 1, 2, 3; done at 1.5, 2.5, 3.5, 4.5: in line are 0, 1, 1, 1 others."""
    of = requests([0, 1, 2, 3], [0, 1.5, 2.5, 3.5], [1.5, 2.5, 3.5, 4.5])
    assert of.in_line.tolist() == [0, 1, 1, 1]
    assert of.in_use == pytest.approx(1)


def test_what_still_goes_on_holds_its_unit():
    """The first never ends: who asks after it has one in line, and only the second says how long it lasts."""
    of = requests([0, 1, 5], [0, 1, 6], [np.nan, 3, 8], own=[False, True, False])
    assert of.in_line.tolist() == [0, 1, 1]
    assert of.in_use == pytest.approx(2)
    assert of.held(own=True).tolist() == [2] and of.held(own=False).tolist() == [2]


def test_units_are_those_in_use_while_somebody_waits():
    """Two at a time: the third and fourth begin when one ends."""
    of = requests([0, 0, 0, 0], [0, 0, 2, 3], [2, 3, 4, 5])
    assert of.in_use == pytest.approx(2)


def test_windows_of_capacities():
    """Tuesday and Friday from 13:00 to 18:00; from day 14 on Tuesdays only, and all day."""
    rows = [(1, -100, 14, 13 / 24, 18 / 24, 1), (4, -100, 14, 13 / 24, 18 / 24, 1), (1, 14, np.nan, 0, 1, 2),
            (4, 14, np.nan, 0, 1, 0)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["weekday", "valid_from", "valid_to", "opens", "closes", "units"])
    found = windows(table, (0.0, 28.0))
    inside = found[(found[:, 0] >= 0) & (found[:, 0] < 28)]
    assert inside[:, 0] == pytest.approx([1 + 13 / 24, 4 + 13 / 24, 8 + 13 / 24, 11 + 13 / 24, 15, 22])
    assert hours_of(found[found[:, 0] < 14]) == {"tue": (13, 18), "fri": (13, 18)}
    nights = pd.DataFrame([(day, -9, np.nan, 0, 1, 1) for day in range(7)], columns=table.columns)
    assert len(windows(nights, (0.0, 28.0))) == 1  # what touches is one


def lags(seed: int) -> Requests:
    """Nobody waits for anybody: everyone starts after a lag of their own."""
    rng = np.random.default_rng(seed)
    asked = np.sort(rng.uniform(0, 300, 250))
    began = asked + rng.gamma(2, 0.5, 250)
    order = np.argsort(began)
    return requests(asked[order], began[order], (began + rng.gamma(2, 0.4, 250))[order])


def queue(seed: int, load: float = 0.85) -> Requests:
    """One unit, first come, first served."""
    rng = np.random.default_rng(seed)
    asked = np.cumsum(rng.exponential(1.0, 250))
    began, free = [], 0.0
    held = rng.gamma(4, load / 4, 250)
    for moment, hold in zip(asked, held, strict=True):
        began.append(max(moment, free))
        free = began[-1] + hold
    return requests(asked, began, np.array(began) + held)


def test_a_lag_is_no_queue():
    """Claimed by chance in at most 1 %: of 400 more than ten have a chance of 0.003."""
    claimed = [verdicts({"r": lags(seed)})[0].contended for seed in range(TRIALS)]
    assert sum(claimed) <= 10
    assert verdicts({"r": lags(0)})[0].verdict == "waits do not depend on the load"


def test_a_queue_is_found():
    found = [verdicts({"r": queue(seed)})[0] for seed in range(TRIALS // 4)]
    assert sum(of.contended for of in found) >= 0.95 * len(found)
    assert np.mean([of.load for of in found]) == pytest.approx(0.85, abs=0.05)


def test_short_waits_and_few_requests_are_no_bottleneck():
    short = queue(1, load=0.4)
    assert verdicts({"r": short})[0].verdict == "waits are short"
    few = queue(1)
    first = Requests(few.asked[:20], few.began[:20], few.ended[:20], few.own[:20], ALWAYS)
    assert verdicts({"r": first})[0].verdict == "too few requests"
    none = verdicts({"r": requests([], [], [])})[0]
    assert none.verdict == "no requests recorded" and not none.contended


def test_of_many_resources_each_is_held_to_more():
    """Holm: the same data, among twenty resources, give twenty times the p."""
    alone = verdicts({"r": queue(3)})[0].p
    among = verdicts({"r": queue(3)} | {f"x{n}": lags(n) for n in range(19)})[0].p
    assert among == pytest.approx(20 * alone)
