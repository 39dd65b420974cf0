"""Published answers on data that ship inside packages; files are read as they lie there, nothing is fetched.

nsw_mixtape: LaLonde's experiment in Cunningham, Causal Inference: The Mixtape (2021): 1794.34 (632.85).
nhefs: Hernan and Robins, Causal Inference: What If (2020), 12.2 (IP weighting 3.44) and 13.3 (standardisation 3.52).
cataneo2: Cattaneo's birth weights (2010) with Stata's teffects, as kept by statsmodels.
"""

from importlib.resources import as_file, files

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.discrete_model import Probit
from statsmodels.regression.linear_model import OLS
from statsmodels.treatment.treatment_effects import TreatmentEffect

from analysis.evaluation.adjusted_means import aipw, ipw, naive
from analysis.evaluation.propensity import logistic
from analysis.evaluation.surgeon_draws import draw_clusters, interval
from analysis.evaluation.weighted_models import fit, predict


def stata(name: str) -> pd.DataFrame:
    with as_file(files(f"causaldata.{name}").joinpath(f"{name}.dta")) as file:
        return pd.read_stata(file)


def gap(means: np.ndarray) -> np.ndarray:
    return means[:, 0] - means[:, 1]


@pytest.fixture(scope="module")
def nsw() -> tuple[np.ndarray, np.ndarray]:
    rows = stata("nsw_mixtape")
    return rows["re78"].to_numpy(float), rows["treat"].to_numpy(float)


def test_difference_of_the_experiment(nsw) -> None:
    y, treated = nsw
    assert gap(naive(y, treated, np.ones((1, len(y)))))[0] == pytest.approx(1794.34, abs=0.005)


def test_error_of_the_experiment(nsw) -> None:
    """632.85 with one variance on both sides, 670.997 with one each (HC1 670.97): the draws know no equal variances."""
    y, treated = nsw
    people = np.arange(len(y))
    draws = draw_clusters(people, people, treated, 4000, 1)
    drawn = gap(naive(y, treated, draws.weights))
    assert drawn.std(ddof=1) == pytest.approx(671.0, rel=0.03)
    low, high = interval(1794.34, drawn, draws)
    assert (low + high) / 2 == pytest.approx(1794.34)
    assert 632.85 * 1.9 < (high - low) / 2 < 671 * 2.1


@pytest.fixture(scope="module")
def nhefs() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Weight change, quitting, and the confounders of What If."""
    rows = stata("nhefs_complete")
    rows = rows[rows["wt82_71"].notna()].reset_index(drop=True)
    numbers = ("age", "smokeintensity", "smokeyrs", "wt71")
    columns = {name: pd.to_numeric(rows[name]).to_numpy(float) for name in numbers}
    columns |= {f"{name}2": values**2 for name, values in list(columns.items())}
    for name in ("sex", "race", "education", "exercise", "active"):
        codes = rows[name].astype(str)
        columns |= {f"{name}={level}": (codes == level).to_numpy(float) for level in sorted(codes.unique())[1:]}
    design = pd.DataFrame(columns)
    treated = pd.to_numeric(rows["qsmk"].astype(str)).to_numpy(float)
    return rows["wt82_71"].to_numpy(float), treated, design


def test_weighting_of_what_if(nhefs) -> None:
    y, treated, design = nhefs
    scaled = (design - design.mean()) / design.std()
    chance = logistic(scaled, treated)
    found = gap(ipw(y, treated, np.ones((1, len(y))), chance, "ATE"))[0]
    assert len(y) == 1566
    assert found == pytest.approx(3.44, abs=0.005)


def test_standardisation_of_what_if(nhefs) -> None:
    y, treated, design = nhefs
    intensity = design["smokeintensity"].to_numpy()
    sides = {value: np.column_stack([np.full(len(y), value), value * intensity, design]) for value in (0.0, 1.0)}
    observed = np.column_stack([treated, treated * intensity, design])
    centre, scale = observed.mean(axis=0), observed.std(axis=0)
    found = fit((observed - centre) / scale, y, np.ones((1, len(y))), "identity")
    means = {value: predict((rows - centre) / scale, found, "identity").mean() for value, rows in sides.items()}
    assert means[1.0] - means[0.0] == pytest.approx(3.52, abs=0.005)


@pytest.fixture(scope="module")
def births() -> dict[str, np.ndarray]:
    with as_file(files("statsmodels.treatment.tests.results").joinpath("cataneo2.csv")) as file:
        rows = pd.read_csv(file)
    model = Probit.from_formula("mbsmoke_ ~ mmarried_ + mage + mage2 + fbaby_ + medu", rows).fit(disp=0)
    return {
        "rows": rows, "model": model, "chance": np.asarray(model.predict()), "y": rows["bweight"].to_numpy(float),
        "treated": rows["mbsmoke_"].to_numpy(float),
        "x": rows[["prenatal1_", "mmarried_", "mage", "fbaby_"]].to_numpy(float),
    }  # fmt: skip


def test_weighting_of_teffects(births) -> None:
    weights = np.ones((1, len(births["y"])))
    found = gap(ipw(births["y"], births["treated"], weights, births["chance"], "ATE"))[0]
    assert found == pytest.approx(-230.689, abs=0.0005)


def test_doubly_robust_of_teffects(births) -> None:
    weights = np.ones((1, len(births["y"])))
    b = births
    found = gap(aipw(b["y"], b["treated"], b["x"], weights, b["chance"], "identity", "ATE"))[0]
    assert found == pytest.approx(-230.990, abs=0.001)
    outcome = OLS.from_formula("bweight ~ prenatal1_ + mmarried_ + mage + fbaby_", b["rows"])
    theirs = TreatmentEffect(outcome, b["treated"].astype(int), results_select=b["model"]).aipw(return_results=False)
    assert found == pytest.approx(theirs[0], abs=1e-6)


def test_error_of_teffects(births) -> None:
    """Standard error 25.815 by the joint moments (teffects); the draws fit everything anew (chance held: probit)."""
    b, people = births, np.arange(len(births["y"]))
    weights = draw_clusters(people, people, b["treated"], 400, 3).weights
    drawn = gap(ipw(b["y"], b["treated"], weights, b["chance"], "ATE"))
    assert drawn.std(ddof=1) == pytest.approx(25.8, rel=0.12)
