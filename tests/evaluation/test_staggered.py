"""Staggered starts: minimum wages (mpdta) and castle doctrine, from files that ship in packages."""

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from causaldata import castle

from analysis.evaluation.staggered import bacon_weights, group_time


@pytest.fixture(scope="module")
def wages() -> pd.DataFrame:
    rows = pd.read_pickle(files("moderndid.core.datasets").joinpath("mpdta_long.pkl.gz"))
    first = rows["first.treat"].astype(int)
    return pd.DataFrame({
        "unit": rows["countyreal"], "period": rows["year"].astype(str), "value": rows["lemp"],
        "first_treated": first.astype(str).where(first > 0, None),
    })  # fmt: skip


@pytest.fixture(scope="module")
def laws() -> pd.DataFrame:
    rows = castle.load_pandas().data
    first = rows["sid"].map(rows[rows["post"] == 1].groupby("sid")["year"].min())
    panel = pd.DataFrame({"unit": rows["sid"], "period": rows["year"].astype(str), "value": np.log(rows["homicide"])})
    return panel.assign(
        treatment=rows["post"], first_treated=first.astype("Int64").astype(str).where(first.notna(), None)
    )


def test_minimum_wages(wages: pd.DataFrame):
    """Callaway and Sant'Anna (2021) as their package prints it: simple -.0400 (.0120), dynamic -.0772."""
    found = group_time(wages)
    assert round(found.simple.effect, 4) == -0.0400 and round(found.simple.error, 4) == 0.0120
    after = found.dynamic.loc[found.dynamic["since"] >= 0, "effect"]
    assert after.round(4).tolist() == [-0.0199, -0.0510, -0.1373, -0.1008] and round(found.overall, 4) == -0.0772


def test_nothing_is_identified_once_everyone_is_treated(wages: pd.DataFrame):
    """Without never-treated counties the cohort of 2007 is compared with nobody; 2004 and 2006 until 2006."""
    treated = wages[wages["first_treated"].notna()]
    cells = group_time(treated).cells
    after = cells[cells["period"] >= cells["cohort"]]
    assert set(zip(after["cohort"], after["period"], strict=True)) == {
        ("2004", "2004"), ("2004", "2005"), ("2004", "2006"), ("2006", "2006"),
    }  # fmt: skip


def test_bacon_weights_make_up_the_two_way_coefficient(laws: pd.DataFrame):
    """Castle laws (Cheng and Hoekstra 2013): .069, states alike; .024 of it against states treated before."""
    parts = bacon_weights(laws)
    assert parts["weight"].sum() == pytest.approx(1)
    assert (parts["weight"] * parts["effect"]).sum() == pytest.approx(0.069, abs=0.0005)
    assert dict(zip(parts["kind"], parts["weight"].round(3), strict=True)) == {
        "treated_vs_never": 0.899, "earlier_vs_later": 0.077, "later_vs_earlier": 0.024,
    }  # fmt: skip
