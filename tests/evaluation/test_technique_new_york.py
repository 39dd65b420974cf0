"""Real data: amputation below or above the knee in New York (APR-DRG 305), and what docs/studies.md says of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.evaluation.cohorts import Cohort, read_cohort
from analysis.evaluation.outcome_effects import PRIMARY
from analysis.evaluation.study_files import read_study
from analysis.evaluation.techniques import Comparison, compare_techniques
from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.sources.importer import import_source

ROOT = Path(__file__).parents[2]
RAW = ROOT / "../shared/data/sparcs/ny-2020-musculoskeletal.csv.gz"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not RAW.exists(), reason="needs ../shared/data/sparcs"),
]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cohort, Comparison]:
    folder = tmp_path_factory.mktemp("ny")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        import_source(ROOT / "parameters/sources/ny_sparcs.yaml", folder / "data/ny", RAW.parent)
        close(folder / "data/ny", [Period("2020")], folder / "outputs")
    study = read_study(ROOT / "parameters/studies/ny_amputation_level.yaml")
    chosen = read_cohort(open_period(folder / "outputs/ny/2020"), open_hospital(folder / "data/ny"), study)
    return chosen, compare_techniques(chosen, study)


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The same cases straight from the source's file."""
    rows = pd.read_csv(RAW, low_memory=False)
    rows = rows[(rows["APR.DRG.Code"] == 305) & rows["CCSR.Procedure.Code"].isin(["MST024", "MST025"])]
    return rows.assign(treated=(rows["CCSR.Procedure.Code"] == "MST024").astype(float))


def test_the_cases_are_those_of_the_file(compared, raw):
    rows = compared[0].rows
    assert (len(rows), rows["treated"].sum()) == (len(raw), raw["treated"].sum()) == (650, 439)
    for side in (0, 1):
        mine, theirs = rows[rows["treated"] == side], raw[raw["treated"] == side]
        assert mine["cost_total"].mean() == pytest.approx(theirs["Total.Costs"].mean(), abs=0.01)
        assert mine["length_of_stay"].mean() == pytest.approx(theirs["los"].mean())
        assert mine["died"].sum() == theirs["death"].sum()
    assert rows["surgeon"].nunique() == raw["Permanent.Facility.Id"].nunique()


def test_the_regression_by_statsmodels(compared, raw):
    """Gamma regression from the file, predicted for the treated with and without; rare diagnoses are told together."""
    chosen, found = compared
    kept = found.propensity["kept"].to_numpy()
    rows = chosen.rows[kept]
    diagnosis = rows["diagnosis"].where(rows["diagnosis"].map(rows["diagnosis"].value_counts()) >= 5, "few")
    x = pd.get_dummies(
        rows[["severity", "age_band", "sex"]].assign(diagnosis=diagnosis), drop_first=True, dtype=float
    ).to_numpy()
    design = np.column_stack([np.ones(len(rows)), rows["treated"], x])
    model = sm.GLM(rows["cost_total"].to_numpy(float), design, family=sm.families.Gamma(sm.families.links.Log())).fit()
    asked = design[rows["treated"].to_numpy() == 1]
    without = asked.copy()
    without[:, 1] = 0
    theirs = (model.predict(asked) - model.predict(without)).mean()
    mine = found.effects.set_index(["outcome", "method"]).loc[("cost_total", "gamma_glm"), "estimate"]
    assert mine == pytest.approx(theirs, abs=400)  # mine holds slopes back a little


def test_weighting_brings_the_sides_together(compared):
    balance = compared[1].balance
    assert balance["smd_before"].abs().max() > 0.5
    assert (balance["smd_weighted"].abs() > 0.1).sum() <= 2


def test_the_docs_retell_what_the_data_say(compared):
    text = (ROOT / "docs/studies.md").read_text("utf8")
    part = text[text.index("## New York") :]
    found = compared[1].effects.set_index(["outcome", "method"])
    for outcome, write in (("cost_total", "{:,.0f}"), ("length_of_stay", "{:.1f}")):
        for method in ("naive", PRIMARY):
            row = found.loc[(outcome, method)]
            values = [write.format(row[name]).replace("-", "−") for name in ("estimate", "ci_low", "ci_high")]
            assert f"{values[0]} ({values[1]} to {values[2]})" in part, (outcome, method, values)
