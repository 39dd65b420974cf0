"""Cost gaps of hospitals to their peers: adding up, recomputed beside the code, and retold in the docs as they are."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.closed_period import open_period
from analysis.closing import close
from analysis.periods import Period
from analysis.sources.importer import import_source
from analysis.studies.committee import open_report
from analysis.studies.peer_gap import SHOWN, peer_gaps, wide_gaps
from analysis.studies.peer_gap_table import peer_gap

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "sparcs" / "ny-2020-musculoskeletal.csv.gz"
real = pytest.mark.skipif(not RAW.exists(), reason="the New York discharges are not in ../shared/data/sparcs")
KEY = ["drg_code", "hospital_id"]


class Cases:
    """What peer_gaps asks of closed periods, answered from a frame."""

    def __init__(self, rows: pd.DataFrame):
        self.rows = rows

    def sql(self, _select: str) -> pd.DataFrame:
        return self.rows.sort_values(KEY, kind="stable", ignore_index=True)


def made(seed: int, hospitals: int = 14, each: int = 40, days: float = 1.0, dear: float = 1.0) -> pd.DataFrame:
    """One DRG; hospital 00 keeps its patients `days` times as long and pays `dear` times as much a day."""
    rng = np.random.default_rng(seed)
    n = hospitals * each
    severity, old = rng.integers(1, 4, n), rng.integers(0, 2, n)
    hospital = np.repeat(np.arange(hospitals), each)
    first = hospital == 0
    stay = np.maximum(1, np.rint(rng.gamma(4, severity, n) * np.where(first, days, 1)))
    level = rng.normal(1, 0.05, hospitals)[hospital] * np.where(first, dear, 1)
    cost = np.rint(stay * 1000 * level * rng.gamma(20, 1 / 20, n) * 100) / 100
    return pd.DataFrame({
        "hospital_id": [f"{h:02d}" for h in hospital], "drg_code": "301", "severity": severity.astype(str),
        "age_band": np.where(old, "50 to 69", "18 to 49"), "days": stay, "cost": cost,
    })  # fmt: skip


def gaps_of(rows: pd.DataFrame, **options) -> pd.DataFrame:
    return peer_gaps(Cases(rows), **({"draws": 200} | options))


def residuals(gaps: pd.DataFrame) -> list[float]:
    fen = gaps.assign(fen=(gaps["amount_total"] * 100).round().astype(int))
    fen = fen.pivot(index=KEY, columns="effect", values="fen")
    return [*(fen["gap"] - fen["mix"] - fen["within"]), *(fen["within"] - fen["stay"] - fen["day_cost"])]


def test_it_adds_up_to_the_fen_and_to_the_means():
    rows = made(31)
    found = gaps_of(rows)
    assert len(found) == 14 * len(SHOWN) and set(residuals(found)) == {0}
    mine = rows["hospital_id"] == "03"
    gap = found[(found["hospital_id"] == "03") & (found["effect"] == "gap")].iloc[0]
    assert gap["amount_per_case"] == pytest.approx(rows[mine]["cost"].mean() - rows[~mine]["cost"].mean(), abs=0.001)


def test_the_order_of_cases_changes_nothing():
    rows = made(32)
    turned = gaps_of(rows.sample(frac=1, random_state=1))
    plain = gaps_of(rows)
    pd.testing.assert_frame_equal(plain.drop(columns=["ci_low", "ci_high", "p_value", "q_value"]),
                                  turned.drop(columns=["ci_low", "ci_high", "p_value", "q_value"]))  # fmt: skip


def test_longer_stays_and_dearer_days_are_told_apart():
    for options, name, other in (({"days": 2.0}, "stay", "day_cost"), ({"dear": 1.6}, "day_cost", "stay")):
        found = gaps_of(made(33, each=150, **options)).set_index(["hospital_id", "effect"]).loc["00"]
        assert found.loc[name, "ci_low"] > 0 and found.loc[name, "q_value"] < 0.01
        assert found.loc[name, "amount_total"] > 5 * abs(found.loc[other, "amount_total"])


def test_peers_alike_count_hospitals_and_not_cases():
    rows = pd.concat([made(34, hospitals=3), made(35, hospitals=1, each=200).assign(hospital_id="99")])
    found = gaps_of(rows, alike=True).set_index(["hospital_id", "effect"])
    means = rows.groupby("hospital_id")["cost"].mean()
    expected = means["00"] - means.drop("00").mean()
    assert found.loc[("00", "gap"), "amount_per_case"] == pytest.approx(expected, abs=0.01)


def test_few_peers_bear_no_interval_and_small_groups_no_row():
    few = gaps_of(made(36, hospitals=10))
    assert few[["ci_low", "ci_high", "p_value", "q_value"]].isna().all(axis=None) and set(few["peers"]) == {9}
    assert gaps_of(made(36, hospitals=11))["ci_low"].notna().all()
    assert gaps_of(made(36, hospitals=4)).empty, "160 cases of the DRG are too few"
    assert gaps_of(made(36, hospitals=12, each=29)).empty, "29 cases of a hospital are too few"


@pytest.mark.slow
def test_intervals_cover_the_gap_of_a_hospital_like_all_others():
    """Hospitals differ by chance only: the true gap of hospital 00 is its own level's, which the draw of peers misses.

    Its level is set to the peers' expectation, so every effect is truly 0; 95 % may be missed by an exact binomial test
    at 1 %.
    """
    missed = 0
    for seed in range(9000, 9300):
        rows = made(seed, hospitals=25, each=40)
        found = gaps_of(level_to_one(rows, seed), draws=400).set_index(["hospital_id", "effect"]).loc["00"]
        missed += not found.loc["day_cost", "ci_low"] <= 0 <= found.loc["day_cost", "ci_high"]
    assert missed <= 26, "binomial(300, 0.05) exceeds 26 with less than 1 %"


def level_to_one(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Hospital 00 pays exactly what hospitals pay on average."""
    rng = np.random.default_rng(seed + 500_000)
    first = rows["hospital_id"] == "00"
    cost = np.where(first, rows["days"] * 1000 * rng.gamma(20, 1 / 20, len(rows)), rows["cost"])
    return rows.assign(cost=np.round(cost, 2))


# ── New York ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ny")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        import_source(ROOT / "parameters/sources/ny_sparcs.yaml", folder / "data/ny", RAW.parent)
        close(folder / "data/ny", [Period("2020")], folder / "outputs")
    return open_period(folder / "outputs/ny/2020")


@pytest.fixture(scope="module")
def told(closed) -> pd.DataFrame:
    """The two groups that the docs speak of, per case."""
    return peer_gaps(closed, ["313", "347"])


@real
@pytest.mark.real_data
def test_one_hospital_by_plain_pandas(told):
    """Knee and lower leg at facility 1626, strata by hand: its 59 cases have few severe and few young ones."""
    raw = pd.read_csv(RAW)
    raw = raw[raw["APR.DRG.Code"] == 313]
    band = raw["age"].where(raw["illseveritydesc"].isin(["Minor", "Moderate"]), "all")
    band = band.where(~((raw["illseveritydesc"] == "Minor") & (raw["age"] == "18 to 29")), "30 to 49")
    raw = raw.assign(stratum=raw["illseveritydesc"] + band, own=raw["Permanent.Facility.Id"] == 1626)
    by = raw.groupby(["stratum", "own"]).agg(n=("los", "size"), days=("los", "sum"), cost=("Total.Costs", "sum"))
    by = by.unstack("own")
    assert (by["n"].min(axis=None), len(by)) == (5, 7)
    share = by["n"] / by["n"].sum()
    mean, stay, day = by["cost"] / by["n"], by["days"] / by["n"], by["cost"] / by["days"]
    middle = share.mean(axis=1)
    expected = {
        "mix": ((share[True] - share[False]) * mean.mean(axis=1)).sum(),
        "stay": (middle * (stay[True] - stay[False]) * day.mean(axis=1)).sum(),
        "day_cost": (middle * (day[True] - day[False]) * stay.mean(axis=1)).sum(),
    }
    found = told[(told["drg_code"] == "313") & (told["hospital_id"] == "1626")].set_index("effect")
    for effect, value in expected.items():
        assert found.loc[effect, "amount_per_case"] == pytest.approx(value, abs=0.001), effect
    gap = raw[raw["own"]]["Total.Costs"].mean() - raw[~raw["own"]]["Total.Costs"].mean()
    assert found.loc["gap", "amount_per_case"] == pytest.approx(gap, abs=0.001) == sum(expected.values())


@real
@pytest.mark.real_data
def test_the_docs_retell_what_the_data_say(told):
    text = (ROOT / "docs/overspending.md").read_text("utf8")
    part = text[text.index("## New York") :]
    found = told.set_index([*KEY, "effect"])
    for drg, hospital in (("313", "1626"), ("313", "1301"), ("347", "1172")):
        for effect in ("gap", "stay", "day_cost", "mix"):
            row = found.loc[(drg, hospital, effect)]
            low, high = row["ci_low"] / row["cases"], row["ci_high"] / row["cases"]
            told_as = f"{row['amount_per_case']:,.0f} ({low:,.0f} to {high:,.0f})".replace("-", "−")
            assert told_as in part, (drg, hospital, effect, told_as)
        row = found.loc[(drg, hospital, "gap")]
        days = f"{row['own_days']:.1f} ({row['peer_days']:.1f})"
        assert f"| {hospital} | {row['cases']:.0f} | {row['own_cost']:,.0f} | {days} |" in part


@real
@pytest.mark.real_data
def test_the_table_is_a_page_and_a_sheet(told, closed):
    report = open_report("ny", "2020", str(closed.folder.parent), "en", hospital="1301")
    finding = peer_gap(report, told)
    assert "are dearer beyond chance" in finding.text and finding.table is not None
    assert len(finding.table.rows) == len(wide_gaps(told)) and "KNEE" in finding.to_html()
    shown = finding.table.rows.iloc[list(finding.table.on_page)]
    assert (shown["q_value"] < 0.05).all() and (shown["gap"] > 0).all()


@real
@pytest.mark.real_data
@pytest.mark.slow
def test_all_of_new_york_and_what_the_docs_say_of_it(closed):
    start = time.perf_counter()
    found = peer_gaps(closed)
    assert time.perf_counter() - start < 180
    pairs = found[found["effect"] == "gap"]
    assert len(pairs) == 296 and set(residuals(found)) == {0}
    assert pairs["cases"].min() >= 30 and found["ci_low"].notna().all()
    sure = found[found["q_value"] < 0.05]
    dear = found.merge(sure.query("effect == 'gap' and amount_total > 0")[KEY])
    money = dear.groupby("effect")["amount_total"].sum()
    parts = [round(100 * money[name] / money["gap"]) for name in ("day_cost", "stay", "mix")]
    told = (len(sure.query("effect == 'gap'")), len(dear) // 5, money["gap"] / 1e6, *parts)
    said = (
        "Of the 296 gaps {} lie beyond chance (q < 5 %), {} upwards. These {1} are {:.1f} million USD: {} % of it the "
    )
    said = said.replace("{1}", str(told[1])) + "cost of a day, {} % days, {} % severity and age."
    text = " ".join((ROOT / "docs/overspending.md").read_text("utf8").split())
    assert said.format(*told) in text
    mixed = (sure["effect"] == "mix").sum()
    assert f"beyond chance in {mixed} pairs of 296" in text
    alike = peer_gaps(closed, alike=True, draws=100).query("effect == 'gap'").set_index(KEY)["amount_total"]
    turned = (pairs.set_index(KEY)["amount_total"] * alike < 0).sum()
    assert f"the sign of {turned} of the 296 gaps changes" in text
