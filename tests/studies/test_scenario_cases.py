"""A replication written down as cases costs and earns, by costing and payment, what the kernel counted."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.contract import contract_tables
from analysis.hospital import Hospital, open_hospital, save_card, save_table
from analysis.pathways.assembling import Cost, assemble
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.library import read_pathway
from analysis.pathways.program import COHORT
from analysis.pathways.state import make_state
from analysis.payment.packs import RatePack
from analysis.periods import Period
from analysis.settings import SourceCard
from analysis.studies.scenario_cases import day_item, scenario_cases
from analysis.studies.scenario_pricing import CATEGORIES, valued

FILE = Path(__file__).parents[1] / "pathways" / "haemorrhage.yaml"
COSTS = {"CT": Cost("exam", 301.37), "REHAB": Cost("service", 99.99), "DRUG": Cost("drug", 50.123456)}
PRICES = {"CT": 400.0, "REHAB": 120.0, "DRUG": 60.0, day_item("bed"): 900.0}
START = datetime(2023, 1, 2)
PACK = RatePack(name="p", source="test", date=date(2023, 1, 1), assumptions=["none"], valid_from="2023-01",
                valid_to="2023-12", basis="weight_rate", rate=10000, outliers={"low": 0.1, "high": 3})  # fmt: skip


def pathway(drg: str = "BR19", **edits):
    read = read_pathway(FILE, edits=edits)
    return read.model_copy(update={"id": f"way_{drg.lower()}", "entry": read.entry.model_copy(update={"drg": (drg,)})})


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Hospital:
    """One hospital, weights 2.0 of BR19 and 1.5 of BR15."""
    folder = tmp_path_factory.mktemp("data") / "h"
    tables = {
        "hospitals": {"hospital_id": ["H1"], "name": ["H"], "level": ["tertiary"], "coefficient": [1]},
        "stays": {"stay_id": [], "hospital_id": []},
        "payment_standards": {"year": [2023, 2023], "name": list("AB"), "drg_code": ["BR19", "BR15"],
                              "severity": list("**"), "weight": [2, 1.5]},
    }  # fmt: skip
    for name, columns in tables.items():
        table = contract_tables()[name]
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        save_table(folder, table, pa.Table.from_pylist(rows, table.arrow_schema()))
    save_card(folder, SourceCard(name="H", name_en="H", closing="none"))
    return open_hospital(folder)


def patients(n: int, who: int = 0) -> np.recarray:
    cohort = np.zeros(n, COHORT).view(np.recarray)
    cohort.at, cohort.who = np.arange(n) * 1.3, who
    return cohort


def emitted(*pathways, seed=4, **more):
    return scenario_cases(pathways, COSTS, PRICES, seed=seed, days=400.0, start=START, hospital_id="H1", **more)


def test_every_patient_costs_what_the_kernel_counted(hospital):
    """Goods are rounded to the fen by costing, days to four decimals by the contract: a cent an item, and a half."""
    cohort = patients(200)
    rows = valued(emitted(pathway(), cohort=cohort), COSTS, hospital, PACK, Period("2023"))
    built = assemble([pathway()], COSTS, cohort=cohort)
    state = make_state(built.program, 512, 3)
    assert run(built.program, state, key_of(4, 0), 0.0, np.inf)
    by_patient = rows.groupby(rows["stay_id"].str.rsplit("-", n=1).str[0])["cost"].sum()
    assert len(by_patient) == 200 and len(rows) > 205
    assert np.abs(by_patient.to_numpy() - state.patients.cost).max() < 0.03
    told = dict(zip(built.categories, state.categories, strict=True))
    told["stay"] = state.patients.cost.sum() - state.categories.sum()
    found = rows[list(CATEGORIES)].sum()
    assert found["consumable"] == 0 and min(told.values()) > 1000
    assert {name: found[name] for name in told} == pytest.approx(told, abs=0.01 * len(rows))


def test_payment_is_the_kernels_but_for_outliers(hospital):
    """20,000 a stay; a short return is charged below a tenth of that and paid as charged: the kernel cannot know."""
    cohort = patients(200)
    rows = valued(emitted(pathway(), cohort=cohort), COSTS, hospital, PACK, Period("2023")).set_index("stay_id")
    built = assemble([pathway()], COSTS, cohort=cohort)
    state = make_state(built.program, 512, 3)
    assert run(built.program, state, key_of(4, 0), 0.0, np.inf)
    assert state.classes.payment[0] == 20000 * len(rows)
    normal = rows[rows["outlier"] == "normal"]
    assert (normal["payment"] == 20000).all() and len(normal) > 0.9 * len(rows)
    low = rows.drop(normal.index)
    assert len(low) and (low["outlier"] == "low").all() and (low["payment"] == low["charge"]).all()
    assert low.index.str.endswith("-2").all() and (low["charge"] < 2000).all()


def test_two_pathways_of_one_ward_are_told_apart(hospital):
    """Patients of both are numbered from nought; who is still in house at the end has no cost yet."""
    ways = [pathway(), pathway("BR15", payment=15000)]
    cases = emitted(*ways)
    rows = valued(cases, COSTS, hospital, PACK, Period("2023"))
    built = assemble(ways, COSTS)
    state = make_state(built.program, 4096, 3)
    assert run(built.program, state, key_of(4, 0), 0.0, 400.0)
    for who, name in enumerate(built.pathways):
        mine = rows[rows["stay_id"].str.startswith(name)]
        assert len(mine) == state.classes.stays[who] > 200
        assert mine["cost"].sum() == pytest.approx(state.classes.cost[who], abs=0.03 * len(mine))
    assert 0 < cases.stays["discharged_at"].isna().sum() == len(cases.stays) - len(rows)


def test_the_tables_say_what_happened():
    cases = emitted(pathway())
    stays, events, charges = cases.stays, cases.events, cases.charges
    assert stays["stay_id"].is_unique and events["event_id"].is_unique and charges["line_id"].is_unique
    whole = set(stays[stays["discharged_at"].notna()]["stay_id"])
    done = events[events["stay_id"].isin(whole)].groupby(["stay_id", "activity"]).size().unstack(fill_value=0)
    first = done[done.index.str.endswith("-1")]
    assert (first[["bed", "head_ct", "rehabilitation"]] == [1, 1, 3]).all(axis=None)
    assert (done[~done.index.str.endswith("-1")][["bed", "head_ct"]] == [1, 0]).all(axis=None)
    held = events[events["resource"].notna() & events["stay_id"].isin(whole)]
    assert (held["requested_at"] <= held["started_at"]).all() and (held["started_at"] < held["ended_at"]).all()
    therapy = held[held["resource"] == "therapy"]["started_at"]
    assert therapy.dt.hour.between(8, 11).all() and therapy.dt.day_of_week.max() == 4
    bed = held[held["resource"] == "bed"].set_index("stay_id")
    days = charges[charges["item_code"] == "day_bed"].set_index("stay_id")["quantity"]
    lain = (bed["ended_at"] - bed["started_at"]) / pd.Timedelta(days=1)
    assert np.abs(lain - days.loc[bed.index]).max() < 1e-4
    ended = stays.set_index("stay_id")["discharged_at"].loc[bed.index]
    assert (ended == bed["ended_at"]).all()  # discharged as the bed is given back, after rounds
    assert dict(charges.groupby("item_code")["unit_price"].first()) == PRICES


def test_a_replication_is_the_same_whenever_it_is_written():
    first, second, other = emitted(pathway()), emitted(pathway()), emitted(pathway(), replication=1)
    for name in ("stays", "events", "charges"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert not first.stays["admitted_at"].equals(other.stays["admitted_at"])
