"""Unit costs of a pathway worked by hand: two haemorrhages, one other stay and one that began before the months read.

Haemorrhages (s1, s2), DRG BR19 · ward W, and the intensive ward I (s1 alone, 2 days):
CT      s1 1, s2 1; performed at the centre X for 120 apiece.
DRUG    s1 6 for 300; another stay has 4 for 260.
NURSING not named by the course: s1 8 at 10 in W, s2 4 at 10 in W, s1 2 at 45 in I.
REHAB   only the other stay had any: 5 at 60.
Beds    W: s1 8 days for 800, s2 4 days for 520 · I: s1 2 days for 1,000.
"""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from closed_factory import card_of, shaped

from analysis.closed_period import open_periods, write_period
from analysis.errors import InputError
from analysis.pathways.assembling import Cost, unpriced
from analysis.pathways.library import read_pathway
from analysis.pathways.model import Pathway
from analysis.periods import Period
from analysis.studies.pathway_prices import booked, charged, item_costs, priced

PATHWAY = read_pathway(Path(__file__).parents[1] / "pathways" / "haemorrhage.yaml")
CT, DRUG, REHAB = Cost("exam", 120.0), Cost("drug", 50.0), Cost("service", 60.0)
KINDS = {"CT": "imaging", "DRUG": "drug", "NURSING": "nursing", "REHAB": "treatment", "GAUZE": "consumable"}


def case(stay: str, drg: str, payment: float, admitted: int = 3, **more: object) -> dict[str, object]:
    month = dt.datetime(2023, 1, 1)
    return {
        "stay_id": stay, "hospital_id": "H1", "drg_code": drg, "payment": payment, "cost_total": 5000.0,
        "cost_complete": True, "outlier": "normal", "length_of_stay": 10, "admitted_at": month + dt.timedelta(admitted),
        "discharged_at": month + dt.timedelta(25), "principal_diagnosis": "I61.0",
    } | more  # fmt: skip


def used(stay: str, item: str, quantity: float, cost: float | None = None, centre: str = "W") -> dict[str, object]:
    return {"stay_id": stay, "item_code": item, "cost_centre": "W", "physician_id": "?", "performing_centre": centre,
            "quantity": quantity, "cost": cost,
            "amount": 100 * quantity if item == "NURSING" else 7 * quantity}  # fmt: skip


def service(item: str, centre: str, unit: float, method: str = "activity") -> dict[str, object]:
    return {"hospital_id": "H1", "item_code": item, "cost_centre": centre, "method": method, "volume": 9.0,
            "unit_cost": unit}  # fmt: skip


def write(folder: Path, on_path: tuple[str, ...] = ()) -> None:
    cases = [case("s1", "BR19", 20000), case("s2", "BR19", 21000), case("s3", "ZZ19", 9000),
             case("s0", "BR19", 90000, admitted=-40)]  # fmt: skip
    items = [used("s1", "CT", 1, centre="X"), used("s2", "CT", 1, centre="X"), used("s1", "DRUG", 6, 300.0),
             used("s3", "DRUG", 4, 260.0), used("s1", "NURSING", 8), used("s2", "NURSING", 4),
             used("s1", "NURSING", 2, centre="I"), used("s3", "REHAB", 5), used("s3", "GAUZE", 0, 0.0)]  # fmt: skip
    services = [service("CT", "X", 120), service("CT", "X", 999, "ratio"), service("NURSING", "W", 10),
                service("NURSING", "I", 45), service("REHAB", "W", 60, "ratio")]  # fmt: skip
    lain = [("s1", "W", 8, 800), ("s2", "W", 4, 520), ("s1", "I", 2, 1000), ("s3", "W", 5, 7777), ("s0", "W", 20, 9999)]
    days = [{"stay_id": s, "hospital_id": "H1", "cost_centre": c, "days": d} for s, c, d, _ in lain]
    costs = [{"stay_id": s, "cost_centre": c, "method": "bottom_up", "cost_item": "depreciation", "amount": a}
             for s, c, _, a in lain]  # fmt: skip
    totals = [
        {"hospital_id": "H1", "department": "D", "item_code": i, "kind": k, "quantity": 1.0} for i, k in KINDS.items()
    ]
    judged = [{"pathway": "haemorrhage", "stay_id": s, "step": "head_ct", "status": "done"} for s in on_path]
    tables = {"cases": cases, "case_items": items, "services": services, "patient_days": days, "case_costs": costs,
              "item_totals": totals} | ({"adherence": judged} if judged else {})  # fmt: skip
    card = card_of(Period("2023-01"), "x", "CNY", "zh") | {"scheme": {"bed_items": ["depreciation"]}}
    write_period(folder, Period("2023-01"), shaped({name: pd.DataFrame(rows) for name, rows in tables.items()}), card)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("priced") / "x"
    write(folder)
    return folder


def with_intensive() -> Pathway:
    bed = PATHWAY.resources["bed"]
    more = {"intensive_bed": bed.model_copy(update={"cost_a_day": 900.0})}
    return PATHWAY.model_copy(update={"resources": {**PATHWAY.resources, **more}})


def test_items_cost_what_the_drgs_cases_took(folder):
    """CT by activity, not by ratio; DRUG as the haemorrhages had it (50, not the house's 56); nursing 210 / 14."""
    costs = item_costs(open_periods(folder, "2023-01", "2023-01"), ["BR19"])
    assert costs == {"CT": CT, "DRUG": DRUG, "NURSING": Cost("service", pytest.approx(15)), "REHAB": REHAB}
    assert item_costs(open_periods(folder, "2023-01", "2023-01"), ["ZZ19"])["DRUG"] == Cost("drug", 65.0)


def test_the_books_full_cost_stands_beside(folder):
    """5,000 a case in `cases.cost_total`, whatever its items and days cost by activity."""
    closed = open_periods(folder, "2023-01", "2023-01")
    assert booked(PATHWAY, closed) == 5000.0


def test_a_day_costs_what_the_course_does_not_name(folder):
    """Nursing 120 + 90 and beds 800 + 520 + 1,000 over 14 days; paid 20,500; whoever came before is left out."""
    pathway, costs = priced(PATHWAY, open_periods(folder, "2023-01", "2023-01"))
    assert pathway.resources["bed"].cost_a_day == pytest.approx((210 + 2320) / 14)
    assert pathway.resources["therapy"].cost_a_day == 0
    assert pathway.payment == 20500 and unpriced(pathway, costs) == []


def test_wards_are_told_apart_and_nothing_is_lost(folder):
    """Intensive: nursing 90 and beds 1,000 over 2 days; the others: 120 + 1,320 over 12. Together again 2,530."""
    closed = open_periods(folder, "2023-01", "2023-01")
    pathway, _ = priced(with_intensive(), closed, {"intensive_bed": ["I"]})
    bed, intensive = (pathway.resources[name].cost_a_day for name in ("bed", "intensive_bed"))
    assert (bed, intensive) == (pytest.approx(120), pytest.approx(545))
    assert 12 * bed + 2 * intensive == pytest.approx(2530)
    with pytest.raises(InputError, match="bed and intensive_bed of haemorrhage do not cost the same"):
        priced(with_intensive(), closed)


def test_what_is_charged_goes_with_what_is_costed(folder):
    """Nursing, which the course does not name, at 100: s1 8 and s2 4 in W over 12 days, s1 2 in I over 2."""
    prices, days = charged(with_intensive(), open_periods(folder, "2023-01", "2023-01"), {"intensive_bed": ["I"]})
    assert prices == pytest.approx({"CT": 7, "DRUG": 7, "NURSING": 100, "REHAB": 7})
    assert days == pytest.approx({"bed": 100, "intensive_bed": 100})


def test_whose_cost_it_is_says_the_closed_adherence(tmp_path):
    write(tmp_path / "x", on_path=("s2",))
    pathway, _ = priced(PATHWAY, open_periods(tmp_path / "x", "2023-01", "2023-01"))
    assert pathway.payment == 21000 and pathway.resources["bed"].cost_a_day == pytest.approx((40 + 520) / 4)


def test_what_cannot_be_priced_is_refused(folder):
    closed = open_periods(folder, "2023-01", "2023-01")
    nobody = PATHWAY.model_copy(update={"entry": PATHWAY.entry.model_copy(update={"drg": ("AA",)})})
    with pytest.raises(InputError, match="no case of haemorrhage with cost and payment"):
        priced(nobody, closed)
    with pytest.raises(InputError, match="no resource ward"):
        priced(PATHWAY, closed, {"ward": ["W"]})
    with pytest.raises(InputError, match="no case of haemorrhage lay in the wards of intensive_bed"):
        priced(with_intensive(), closed, {"intensive_bed": ["NOWHERE"]})
