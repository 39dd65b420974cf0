"""The insurer: settled stays, monthly settlements, the fund."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.grouping import weights
from analysis.demo.identities import patient_ids
from analysis.demo.patients import Stays
from analysis.demo.tally import Tally
from analysis.demo.world import DAY, World
from analysis.periods import Period


@dataclass(frozen=True)
class Settled:
    """One entry a stay, money in fen; `month` is the month of settlement (a large number while in house)."""

    total: np.ndarray
    self_paid: np.ndarray
    outside: np.ndarray
    day: np.ndarray
    month: np.ndarray
    discharged: np.ndarray

    @property
    def fund(self) -> np.ndarray:
        return self.total - self.self_paid


def settle(world: World, stays: Stays, tally: Tally) -> Settled:
    """The patient's part: outside the catalogue, the first part of class B, the deductible, the coinsurance."""
    payers = np.array(list(world.parameters.settings.payers.values()))[stays.payer]
    total = np.rint(tally.stay_total).astype(np.int64)
    outside = np.rint(tally.stay_outside).astype(np.int64)
    eligible = np.maximum(total - outside - tally.stay_first, 0)
    deductible = np.minimum(payers[:, 1] * 100, eligible)
    own = outside + tally.stay_first + deductible + payers[:, 2] * (eligible - deductible)
    own = np.clip(np.rint(own), 0, total).astype(np.int64)
    uninsured = payers[:, 2] >= 1
    discharged = stays.discharged < world.end_day * DAY
    u = world.uniform("settled", stays.number)
    day = stays.discharged // DAY + np.where(u < 0.06, 1 + (u * 60).astype(np.int64), 0)
    day = np.minimum(day, world.end_day - 1)
    month = np.where(discharged, world.month_of(day * DAY), 10_000)
    return Settled(total, np.where(uninsured, total, own), np.where(uninsured, 0, outside), day, month, discharged)


def stays_table(
    world: World,
    stays: Stays,
    settled: Settled,
    drg: np.ndarray,
    severity: np.ndarray,
    physicians: pa.Array,
    teams: list[str],
) -> pa.Table:
    """All stays; money only where discharged. `drg`, `severity`: as coded, `teams`: of the physicians."""
    number = stays.number
    admission = np.select([stays.base_days == 0, stays.emergency, world.uniform("sent", number) < 0.03], [3, 0, 2], 1)
    unknown = world.lacking("stays.admission", number)
    team = np.where(world.lacking("stays.team", number), -1, stays.physician)
    blank = world.uniform("stays.physician", number) < world.parameters.settings.blank_physicians / 2
    came = {
        "stay_id": col.numbered("S", number, 8),
        "patient_id": patient_ids(world, stays.person),
        "hospital_id": col.constant(world.hospital_id, len(number)),
        "department": col.chosen(world.departments, stays.department),
        "team": col.chosen(teams, team),
        "physician_id": col.chosen(physicians, stays.physician, blank),
        "admitted_at": col.times(stays.admitted),
        "discharged_at": col.times(stays.discharged, ~settled.discharged),
        "admission_type": col.chosen(["emergency", "elective", "transfer", "day"], admission, unknown),
        "planned": col.flags(stays.planned),
        "age": col.integers(stays.age),
        "sex": col.chosen(["F", "M"], stays.male.astype(int)),
        "payer": col.chosen(list(world.parameters.settings.payers), stays.payer),
        "transferred_from": col.chosen(["H900"], np.where(admission == 2, 0, -1)),
        "severity": col.chosen(["5", "3", "1"], severity),
    }
    return col.table("stays", came | _left(world, stays, settled, drg))


def _left(world: World, stays: Stays, settled: Settled, drg: np.ndarray) -> dict[str, pa.Array]:
    """How the stays ended: group, money, settlement."""
    number, inside = stays.number, ~settled.discharged
    u, v = world.uniform("left", number), world.uniform("moved", number)
    ended = np.where(inside, -1, np.select([stays.died, u < 0.02, v < 0.02], [1, 2, 3], 0))
    this_year = settled.month >= len(world.months) - world.months[-1].start.month
    return {
        "disposition": col.chosen(["home", "died", "against_advice", "transfer"], ended),
        "drg_code": col.chosen([None if code == "none" else code for code in world.drg_codes], drg),
        "drg_status": col.chosen(["final", "provisional"], (this_year | inside).astype(int)),
        "charge_total": col.money(settled.total, inside),
        "claimed": col.money(settled.fund, inside),
        "fund_paid": col.money(settled.fund, inside),
        "self_paid": col.money(settled.self_paid, inside),
        "out_of_catalogue": col.money(settled.outside, inside),
        "settled_on": col.dates(settled.day, inside),
    }


def settlements_table(
    world: World, stays: Stays, drg: np.ndarray, settled: Settled, denials: dict[str, np.ndarray]
) -> pa.Table:
    """Per month and insured payer: claimed, payable by the standard, paid so far, denied, awaiting clearing."""
    settings, payers = world.parameters.settings, list(world.parameters.settings.payers)
    denied = np.zeros(len(stays))
    np.add.at(denied, denials["stay"], denials["amount"])
    grouped = np.array([code != "none" for code in world.drg_codes])[drg]
    rows = []
    for month, period in enumerate(world.months):
        rate = settings.rates[period.year] * settings.hospital.coefficient
        standard = np.where(grouped, weights(world)[drg] * rate * 100, settled.total)
        payable = np.rint(np.maximum(standard - settled.self_paid, 0))
        for k, payer in enumerate(payers):
            here = np.flatnonzero((settled.month == month) & (stays.payer == k))
            if settings.payers[payer][2] >= 1 or not len(here):
                continue
            due, refused = payable[here].sum(), denied[here].sum()
            paid = np.floor(max(due * 0.95 - refused, 0))
            rows.append(
                {
                    "hospital_id": world.hospital_id, "month": period.name, "payer": payer, "cases": len(here),
                    "claimed": col.fen(settled.fund[here].sum()), "payable": col.fen(due), "paid": col.fen(paid),
                    "denied": col.fen(refused), "awaiting": col.fen(due - paid - refused),
                }
            )  # fmt: skip
    return col.rows_table("settlements", rows)


def fund_table(world: World, settled: Settled, tally: Tally) -> pa.Table:
    """2020 to the end of 2023 (or of the data): the hospital's quota against what it drew, and the regional fund."""
    spec, rows = world.parameters.settings.fund, []
    last = max(world.months[-1], Period("2023-12"))
    period = min(world.months[0], Period("2020-01"))
    while period <= last:
        season = world.parameters.settings.calendar.stays[period.start.month - 1] / 12
        quota = spec.quota_per_stay[min(max(period.year, 2020), 2023)] * world.stays_per_year * season * 100
        drawn = quota * (1 - spec.quota_balance.get(period.year, 0.0))
        if period in world.months:
            month = world.months.index(period)
            drawn = settled.fund[settled.month == month].sum() + tally.visit_fund[month].sum()
        years = period.year - 2020
        income = spec.regional_income_per_stay * world.stays_per_year * spec.regional_growth["income"] ** years
        spent = income * (1 - spec.regional_balance)
        if "fund_growth" in world.stories:
            spent *= (world.parameters.stories.fund_growth.expenditure / spec.regional_growth["income"]) ** years
        rows += [
            _fund_row(world, period, "quota", quota, drawn),
            _fund_row(world, period, "regional", income / 12 * 100, spent * season * 100),
        ]
        period = period.next
    return col.rows_table("fund", rows)


def _fund_row(world: World, period: Period, scope: str, income: float, expenditure: float) -> dict[str, object]:
    return {
        "hospital_id": world.hospital_id, "month": period.name, "scope": scope,
        "income": col.fen(income), "expenditure": col.fen(expenditure),
    }  # fmt: skip
