"""Real discharges through the whole chain: New York 2020, recomputed beside it with pandas from the raw file."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.periods import Period
from analysis.sources.importer import import_source

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "sparcs" / "ny-2020-musculoskeletal.csv.gz"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not RAW.exists(), reason="the New York discharges are not here (README says where to get them)"),
]


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ny")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        import_source(ROOT / "parameters/sources/ny_sparcs.yaml", folder / "data/ny", RAW.parent)
        close(folder / "data/ny", [Period("2020")], folder / "outputs")
    return open_period(folder / "outputs/ny/2020")


@pytest.fixture(scope="module")
def raw():
    rows = pd.read_csv(RAW, dtype=str, keep_default_na=False)
    return rows.assign(cost=rows["Total.Costs"].astype(float), days=rows["los"].astype(int))


def peer_standard(raw: pd.DataFrame) -> pd.Series:
    """Mean cost of APR-DRG x severity; of the APR-DRG below 5 cases or 3 hospitals."""
    by = raw.groupby(["APR.DRG.Code", "illseveritydesc"])
    cell, cases = by["cost"].transform("mean"), by["cost"].transform("size")
    hospitals = by["Permanent.Facility.Id"].transform("nunique")
    drg = raw.groupby("APR.DRG.Code")["cost"].transform("mean")
    return cell.where((cases >= 5) & (hospitals >= 3), drg).round(2)


def test_every_discharge_is_a_case_with_its_cost(closed, raw):
    found = closed.sql("select count(*) as n, sum(cost_total) as cost, sum(charge_total) as charge from cases").iloc[0]
    assert found["n"] == len(raw) == 36_631
    assert found["cost"] == pytest.approx(raw["cost"].sum(), abs=0.005)
    assert found["charge"] == pytest.approx(raw["Total.Charges"].astype(float).sum(), abs=0.005)


def test_standard_is_the_peer_mean(closed, raw):
    found = closed.sql("select stay_id, standard from cases order by stay_id")["standard"].to_numpy()
    assert abs(found - peer_standard(raw).to_numpy()).max() < 0.011, "a half cent may round either way"
    assert closed.sql("select distinct basis from standards")["basis"].tolist() == ["peer_mean"]


def test_facility_1169(closed, raw):
    rows = closed.sql("select indicator, value from indicators where hospital_id = '1169' and scope = 'hospital'")
    value = rows.set_index("indicator")["value"]
    own = raw[raw["Permanent.Facility.Id"] == "1169"]
    assert value["discharges"] == len(own) == 877
    assert value["margin_cost"] == pytest.approx(peer_standard(raw)[own.index].sum() - own["cost"].sum(), abs=0.5)
    assert value["mean_stay"] == pytest.approx(own["days"].mean())
    assert value["mortality"] == pytest.approx((own["death"] == "1").mean())


def test_what_cannot_be_known_is_said(closed):
    missing = set(closed.frame("left_out")["what"])
    assert {"cost of departments and cases", "charges by category", "readmission", "physicians"} <= missing
    assert closed.sql("select count(*) as n from cases where margin_payment is not null")["n"].item() == 0
    assert closed.frame("allocations").empty and closed.frame("case_costs").empty
