"""A pathway as it is written does in the kernel what it says."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.pathways import draws
from analysis.pathways.assembling import Cost, assemble, unpriced
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.library import read_pathway
from analysis.pathways.replications import replicate
from analysis.pathways.state import BEGAN, USED, make_state
from analysis.pathways.times import Time, encoded
from analysis.pathways.week import hours_of_week

FILE = Path(__file__).parent / "haemorrhage.yaml"
COSTS = {"CT": Cost("exam", 300.0), "REHAB": Cost("service", 100.0), "DRUG": Cost("drug", 50.0)}


@pytest.fixture(scope="module")
def done():
    built = assemble([read_pathway(FILE)], COSTS)
    return built, replicate(built.program, 200, seed=5, warm=100.0, horizon=700.0, categories=3)


def interval(values):
    return values.mean(), 3.3 * values.std(ddof=1) / math.sqrt(len(values))


def test_rates_and_costs_are_as_written(done):
    built, of = done
    tally = {name: of.classes[name][:, 0].sum() for name in of.classes.dtype.names}
    first_stays = tally["stays"] / 1.1
    assert tally["arrivals"] / (200 * 600) == pytest.approx(1.0, abs=0.01)
    assert tally["complications"] / first_stays == pytest.approx(0.2, abs=0.01)
    assert tally["returns"] / first_stays == pytest.approx(0.1, abs=0.01)
    by = dict(zip(built.categories, of.categories.sum(axis=0) / tally["arrivals"], strict=True))
    assert by == pytest.approx({"drug": 0.2 * 6 * 50, "exam": 300, "service": 300}, rel=0.02)
    assert tally["payment"] == pytest.approx(20000 * tally["stays"])


def test_beds_are_busy_by_littles_law(done):
    built, of = done
    bed = built.resources.index("bed")
    use, half = interval(of.resources.busy[:, bed] / of.days)
    days = of.classes.days[:, 0].sum() / of.classes.stays[:, 0].sum()
    assert abs(use - 1.1 * days) < half + 0.1


def test_therapy_begins_in_its_hours_and_rounds_end_stays():
    built = assemble([read_pathway(FILE)], COSTS)
    state = make_state(built.program, 256, 3, log=20_000)
    assert run(built.program, state, key_of(1, 0), 0.0, 300.0)
    log = state.log[: state.house[0].logged]
    therapy = log[(log.what == BEGAN) & (log.of == built.resources.index("therapy"))].time % 7
    assert len(therapy) > 300 and (therapy < 5).all() and ((therapy % 1) >= 8 / 24 - 1e-9).all()
    assert ((therapy % 1) < 12 / 24).all()
    told = built.used
    assert {item for row in log[log.what == USED].of for item in told[row]} == {"CT", "REHAB", "DRUG"}


def test_a_scenario_moves_nothing_else():
    """Half the pneumonias: whoever has none stays exactly as long as before, nobody has a new one."""
    cohort = np.zeros(400, dtype=[("at", "f8"), ("who", "i8")]).view(np.recarray)
    cohort.at = np.arange(400) * 30.0  # nobody meets another

    def patients(edits):
        built = assemble([read_pathway(FILE, edits=edits)], COSTS, cohort=cohort)
        state = make_state(built.program, 64, 3)
        assert run(built.program, state, key_of(9, 0), 0.0, np.inf)
        return state.patients

    base, fewer = patients({}), patients({"pneumonia.chance": 0.1})
    before, after = base.marks & 1, fewer.marks & 1
    assert 25 < after.sum() < before.sum() < 120 and (after <= before).all()
    assert np.array_equal(base.days[before == after], fewer.days[before == after])


def test_opening_hours_join():
    assert hours_of_week({"mon-tue": (0, 24), "wed": (8, 12)}) == [(0.0, 2.0), (2 + 8 / 24, 2.5)]


def test_items_without_cost_are_named():
    assert unpriced(read_pathway(FILE), {"CT": COSTS["CT"]}) == ["DRUG", "REHAB"]


@pytest.mark.parametrize(
    ("time", "frozen"),
    [
        ({"gamma": {"mean": 3.0, "sd": 2.0}}, stats.gamma(2.25, scale=4 / 3)),
        ({"lognormal": {"mean": 4.0, "sd": 3.0}}, stats.lognorm(math.sqrt(math.log(1.5625)), scale=4 / 1.25)),
        ({"weibull": {"shape": 1.5, "mean": 2.0}}, stats.weibull_min(1.5, scale=2 / math.gamma(5 / 3))),
        ({"triangular": {"least": 1.0, "mode": 2.0, "most": 4.0}}, stats.triang(1 / 3, loc=1, scale=3)),
    ],
)
def test_times_have_the_mean_and_spread_they_say(time, frozen):
    tables = []
    kind = encoded(Time.model_validate(time), tables)
    u = np.linspace(0.0005, 0.9995, 1000)
    table = np.array(tables) if tables else np.zeros((1, draws.POINTS))
    assert np.allclose([draws.quantile(*kind, table, x) for x in u], frozen.ppf(u), rtol=2e-4)
