"""The accounts: cost centres, ledger, drivers and workload, tied to the charges."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.recipes import CONSUMABLE, DRUG, EXAM
from analysis.demo.tally import Tally
from analysis.demo.wards import clinic_centre, ward_centre
from analysis.demo.world import RUN_IN, World

#: Driver of the serving centre that is not `staff` or `area`.
SERVED = {
    "sterilised_units": "0301", "visits": "0302", "inpatients": "0303", "records": "0304", "prescriptions": "0305",
}  # fmt: skip


@dataclass(frozen=True)
class CentreRow:
    """One cost centre; `department` is a position (-1 = none), `setting` one of the contract's or empty."""

    code: str
    name: str
    name_en: str
    class_: str
    setting: str
    department: int


def centre_rows(world: World) -> list[CentreRow]:
    """Wards, clinics and single centres of the clinical departments, then technology, auxiliary, administration."""
    rows = []
    for k, place in enumerate(world.parameters.departments):
        if place.centres == "single":
            rows.append(CentreRow(ward_centre(world, k), place.name, place.name_en, "clinical", "both", k))
            continue
        ward = f"{place.name}病房" if clinic_centre(world, k) else place.name
        rows.append(CentreRow(ward_centre(world, k), ward, f"{place.name_en}, ward", "clinical", "inpatient", k))
        if clinic_centre(world, k):
            clinic = f"{place.name}门诊", f"{place.name_en}, clinic"
            rows.append(CentreRow(clinic_centre(world, k), *clinic, "clinical", "outpatient", k))
    for centre in world.parameters.centres:
        own = world.department(centre.department) if centre.department else -1
        rows.append(CentreRow(centre.code, centre.name, centre.name_en, centre.class_, "", own))
    return rows


def cost_centres_table(world: World) -> pa.Table:
    rows = centre_rows(world)
    return col.rows_table(
        "cost_centres",
        [
            {
                "hospital_id": world.hospital_id, "cost_centre": r.code, "name": r.name, "name_en": r.name_en,
                "class": r.class_, "setting": r.setting or None,
                "department": world.departments[r.department] if r.department >= 0 else None,
            }
            for r in rows
        ],
    )  # fmt: skip


def ledger_table(world: World, tally: Tally) -> pa.Table:
    """Seven cost items x every centre x month; depreciation partly government-funded, some research."""
    rates = world.parameters.settings.accounts
    rows = []
    for month, period in enumerate(world.months):
        for centre in centre_rows(world):
            rng = world.rng(f"ledger.{centre.code}", month)
            amounts = expenses(world, tally, centre, month, np.exp(rng.normal(0, 0.015, 6)))
            split = {("depreciation", "government"): rates.government_share}
            for item, amount in amounts.items():
                state = amount * split.get((item, "government"), 0.0)
                rows += [_entry(world, period.name, centre.code, item, "own", amount - state)]
                rows += [_entry(world, period.name, centre.code, item, "government", state)] if state else []
            if centre.code in rates.research:
                research = rates.research[centre.code] * world.scale * 100
                rows.append(_entry(world, period.name, centre.code, "other", "research", research))
    return col.rows_table("ledger", rows)


def workload_table(world: World, tally: Tally) -> pa.Table:
    """Visits, bed-days and revenue by ordering centre, setting and month."""
    rows = []
    for month, period in enumerate(world.months):
        for centre in centre_rows(world):
            if centre.setting in ("inpatient", "both"):
                days = int(tally.bed_days[month, centre.department])
                revenue = tally.inpatient[month, centre.department]
                rows.append(_workload(world, period.name, centre.code, "inpatient", revenue) | {"bed_days": days})
            if centre.setting in ("outpatient", "both"):
                visits = int(tally.visits[month, centre.department])
                revenue = tally.outpatient[month, centre.department]
                rows.append(_workload(world, period.name, centre.code, "outpatient", revenue) | {"visits": visits})
    return col.rows_table("workload", rows)


def drivers_table(world: World, tally: Tally) -> pa.Table:
    """Staff and area of every centre; what auxiliary centres serve; revenue ordered from technology centres."""
    rows = []
    technology = [c.code for c in world.parameters.centres if c.department]
    for month, period in enumerate(world.months):
        for centre in centre_rows(world):
            found = [("staff", "*", staff_of(world, centre)), ("area", "*", area_of(world, centre))]
            taken = served(world, tally, centre, month)
            found += [(_driver(name), SERVED[name], quantity) for name, quantity in taken.items()]
            for k, code in enumerate(technology):
                if centre.class_ == "clinical":
                    found.append(("ordered_revenue", code, _ordered(tally, centre, month, k) / 100))
            rows += [
                {
                    "hospital_id": world.hospital_id, "month": period.name, "driver": driver, "from_centre": source,
                    "cost_centre": centre.code, "quantity": col.fen(quantity * 100),
                }
                for driver, source, quantity in found
                if quantity > 0
            ]  # fmt: skip
    return col.rows_table("drivers", rows)


def _driver(name: str) -> str:
    return "inpatients" if name == "records" else name


def _entry(world: World, month: str, centre: str, item: str, funding: str, amount: float) -> dict[str, object]:
    return {
        "hospital_id": world.hospital_id, "month": month, "cost_centre": centre, "cost_item": item,
        "funding": funding, "amount": col.fen(amount),
    }  # fmt: skip


def _workload(world: World, month: str, centre: str, setting: str, revenue: np.ndarray) -> dict[str, object]:
    return {
        "hospital_id": world.hospital_id, "month": month, "cost_centre": centre, "setting": setting,
        "revenue": col.fen(revenue.sum()), "drug_revenue": col.fen(revenue[DRUG]),
        "consumable_revenue": col.fen(revenue[CONSUMABLE]), "exam_revenue": col.fen(revenue[EXAM]),
    }  # fmt: skip


def expenses(world: World, tally: Tally, centre: CentreRow, month: int, noise: np.ndarray) -> dict[str, float]:
    """Expense of one centre in one month by cost item, in fen; `noise`: six factors of booking (ones for the truth)."""
    rates, period = world.parameters.settings.accounts, world.months[month]
    effects = world.parameters.stories.roll_out.effects
    staff, pay = staff_of(world, centre), _pay(world, centre)
    pay *= rates.pay_growth[period.year] * rates.pay_months[period.start.month - 1]
    pay *= 1 - effects["pay"] * _strength(world, centre, month)
    drugs, charged, other_material, revenue = goods(world, tally, centre, month)
    equipment = _equipment(world, centre) * 100
    found = {
        "personnel": staff * pay * noise[0] * 100,
        "materials": charged + other_material * used_of_standard(world, centre, month) * noise[1],
        "drugs": drugs * (1 + rates.ward_use_of_drugs * noise[2]),
        "depreciation": equipment,
        "amortisation": equipment * rates.amortisation_share,
        "risk_fund": revenue * rates.risk_fund_share,
        "other": staff * rates.other_per_staff * noise[3] * 100,
    }
    if centre.code == "0499":
        season = 1 + 0.18 * np.cos(2 * np.pi * (period.start.month - 1) / 6)
        found["other"] += rates.utilities * world.scale * season * noise[4] * 100
    return found


def used_of_standard(world: World, centre: CentreRow, month: int) -> float:
    """Material that is not charged apart, used against the recipes' standard."""
    return 1 - world.parameters.stories.roll_out.effects["non_chargeable"] * _strength(world, centre, month)


def goods(world: World, tally: Tally, centre: CentreRow, month: int) -> tuple[float, float, float, float]:
    """Drugs and charged consumables at purchase price, material not charged apart, revenue; in fen."""
    rates, place = world.parameters.settings.accounts, centre.department
    if centre.class_ == "technology":
        return 0.0, 0.0, _technology_material(world, tally, centre, month), 0.0
    if centre.class_ != "clinical":
        return 0.0, 0.0, staff_of(world, centre) * 22_00, 0.0
    revenue, other = np.zeros(4), 0.0
    if centre.setting in ("inpatient", "both"):
        revenue = revenue + tally.inpatient[month, place]
        other += tally.material[month, place] + tally.bed_days[month, place] * rates.ward_material_per_day * 100
    if centre.setting in ("outpatient", "both"):
        revenue = revenue + tally.outpatient[month, place]
        other += tally.visits[month, place] * rates.clinic_material_per_visit * 100
    return revenue[DRUG], revenue[CONSUMABLE], other, revenue.sum()


def _technology_material(world: World, tally: Tally, centre: CentreRow, month: int) -> float:
    """Standard material of inpatients' services by their recipes, of outpatients' as much for each yuan; in fen."""
    k = centre.department - world.clinical
    inside = tally.ordered_inpatient[month, :, k].sum()
    outside = tally.ordered_outpatient[month, :, k].sum()
    used = tally.material[month, centre.department]
    return used * (1 + outside / inside) if inside else outside * _master(world, centre).material_share


def _strength(world: World, centre: CentreRow, month: int) -> float:
    found = stories.roll_out(world)[month + RUN_IN]
    return float(found[centre.department] if centre.class_ == "clinical" else found.mean())


def _ordered(tally: Tally, centre: CentreRow, month: int, technology: int) -> float:
    found = 0.0
    if centre.setting in ("inpatient", "both"):
        found += tally.ordered_inpatient[month, centre.department, technology]
    if centre.setting in ("outpatient", "both"):
        found += tally.ordered_outpatient[month, centre.department, technology]
    return found


def served(world: World, tally: Tally, centre: CentreRow, month: int) -> dict[str, float]:
    """What the centre takes from the auxiliary centres."""
    place, found = centre.department, dict.fromkeys(SERVED, 0.0)
    if centre.class_ == "technology":
        done = tally.ordered_inpatient[month, :, place - world.clinical].sum() / 100
        found["sterilised_units"] = round(4 + done / (40 if centre.code == "0203" else 900))
    if centre.setting in ("inpatient", "both"):
        days, operations = tally.bed_days[month, place], tally.operations[month, place]
        found["sterilised_units"] += round(1 + days * 0.25 + operations * 3)
        found["inpatients"] = found["records"] = tally.patients[month, place]
        found["prescriptions"] += tally.prescriptions[month, place]
    if centre.setting in ("outpatient", "both"):
        found["sterilised_units"] += round(1 + tally.visits[month, place] * 0.04)
        found["visits"] = tally.visits[month, place]
        found["prescriptions"] += round(tally.visits[month, place] * 1.5)
    return found


def _master(world: World, centre: CentreRow):
    return next(c for c in world.parameters.centres if c.code == centre.code)


def _sizes(world: World, centre: CentreRow) -> tuple[float, float]:
    """Beds and monthly visits (planned) of a clinical centre."""
    place = world.parameters.departments[centre.department]
    share = place.visits / sum(d.visits for d in world.parameters.departments)
    planned = world.stays_per_year * world.parameters.settings.visits_per_stay / 12 * share
    beds = place.beds * world.scale
    return (0.0 if centre.setting == "outpatient" else beds), (0.0 if centre.setting == "inpatient" else planned)


def staff_of(world: World, centre: CentreRow) -> float:
    """Full-time equivalents of a centre; they do not change from month to month."""
    if centre.class_ != "clinical":
        return round(_master(world, centre).staff * world.scale, 2)
    rates, (beds, visits) = world.parameters.settings.accounts, _sizes(world, centre)
    return round(max(0.2, beds * rates.ward_staff_per_bed + visits / 1000 * rates.clinic_staff_per_1000_visits), 2)


def _pay(world: World, centre: CentreRow) -> float:
    if centre.class_ != "clinical":
        return _master(world, centre).pay
    rates = world.parameters.settings.accounts
    return rates.clinic_pay if centre.setting == "outpatient" else rates.ward_pay


def area_of(world: World, centre: CentreRow) -> float:
    if centre.class_ != "clinical":
        return round(_master(world, centre).area * world.scale, 2)
    beds, visits = _sizes(world, centre)
    return round(max(10.0, beds * 24 + visits * 0.055), 2)


def _equipment(world: World, centre: CentreRow) -> float:
    """Monthly depreciation, yuan."""
    if centre.class_ != "clinical":
        return _master(world, centre).equipment * world.scale
    rates, (beds, visits) = world.parameters.settings.accounts, _sizes(world, centre)
    return max(40.0, beds * rates.depreciation_ward_per_bed + visits * rates.depreciation_clinic_per_visit)
