"""Days cut off at the longest: nobody who left earlier stays longer, nobody longer than that."""

import numpy as np
import pytest
from scipy import stats

from analysis.errors import InputError
from analysis.pathways.edits import edited
from analysis.pathways.times import Time, capped, mean_of

RAW = {"course": [{"hold": "bed"}, {"spend": "recovery", "time": {"gamma": {"mean": 4.6, "sd": 2.2}}}]}


@pytest.mark.parametrize(
    ("time", "law"),
    [
        ({"gamma": {"mean": 4.6, "sd": 2.3}}, stats.gamma(4, scale=4.6 / 4)),
        ({"exponential": {"mean": 5.0}}, stats.expon(scale=5)),
        ({"uniform": {"least": 1, "most": 9}}, stats.uniform(1, 8)),
    ],
)
def test_mean_of_the_smaller_of_days_and_limit(time, law):
    """E min(T, 3) is the area under P(T > t) from 0 to 3."""
    at = np.linspace(0, 3, 3001)
    found = capped(Time.model_validate(time), 3.0)
    assert mean_of(found) == pytest.approx(np.trapezoid(law.sf(at), at), rel=2e-3)
    assert max(found.empirical) == 3.0


def test_an_edit_cuts_what_was_measured():
    act = edited(RAW, [{"recovery.time": "x 2"}, {"recovery.time": "at most 3"}])["course"][1]
    assert max(act["time"]["empirical"]) == 3.0
    assert min(act["time"]["empirical"]) < 3.0
    assert RAW["course"][1]["time"] == {"gamma": {"mean": 4.6, "sd": 2.2}}


def test_a_limit_that_is_none_is_refused():
    with pytest.raises(InputError, match=r"recovery\.time") as told:
        edited(RAW, {"recovery.time": "at most three"})
    assert "at most 3" in "".join(told.value.rows)
