"""What was planned and what can be done: budgets, bonuses, practical minutes."""

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.accounts import CentreRow, centre_rows, staff_of
from analysis.demo.grouping import weights
from analysis.demo.world import RUN_IN, World
from analysis.vocabulary import codes


def spent(ledger: pa.Table) -> pd.DataFrame:
    """Ledger by month, centre and cost item: columns month, cost_centre, cost_item, amount (float yuan)."""
    sums = ledger.group_by(["month", "cost_centre", "cost_item"], use_threads=False).aggregate([("amount", "sum")])
    return sums.rename_columns([*sums.column_names[:3], "amount"]).to_pandas().astype({"amount": float})


def budgets_table(world: World, ledger: pa.Table) -> pa.Table:
    """Budgets of the hospital, its clinical departments and DRGs: last year's month less what was to be saved.

    The first year, without a year before, is budgeted at its own spending.
    """
    costs = spent(ledger)
    own = {c.code: world.departments[c.department] for c in centre_rows(world) if c.class_ == "clinical"}
    costs["department"] = costs["cost_centre"].map(own)
    whole = costs.groupby(["month", "cost_item"], sort=True)["amount"].sum()
    parts = costs.groupby(["department", "month", "cost_item"], sort=True)["amount"].sum()
    rows = []
    for month, period in enumerate(world.months):
        before = period.shift(-12).name if period.shift(-12) in world.months else period.name
        target = {2021: 1.0, 2022: 0.985, 2023: 0.95}.get(period.year, 1.0) if before != period.name else 1.0
        for item in codes("cost_item"):
            rows.append(_budget(world, period.name, "hospital", world.hospital_id, item, whole[before, item] * target))
            for department in world.departments[: world.clinical]:
                amount = parts[department, before, item] * target
                rows.append(_budget(world, period.name, "department", department, item, amount))
        rows += _drg_budgets(world, month)
    return col.rows_table("budgets", rows)


def bonuses_table(world: World, ledger: pa.Table) -> pa.Table:
    """A fifth of the clinical departments' personnel cost, more where the management is at work."""
    costs = spent(ledger).query("cost_item == 'personnel'")
    own = {c.code: c.department for c in centre_rows(world) if c.class_ == "clinical"}
    costs = costs[costs["cost_centre"].isin(own)]
    paid = costs.groupby(["month", costs["cost_centre"].map(own)], sort=True)["amount"].sum()
    strength, noise = stories.roll_out(world)[RUN_IN:], world.rng("bonuses").normal(0, 0.03, (len(world.months), 99))
    rows = [
        {
            "hospital_id": world.hospital_id, "month": period.name, "department": world.departments[k],
            "amount": col.decimal(paid[period.name, k] * 0.2 * (1 + 0.15 * strength[month, k]) * (1 + noise[month, k])),
        }
        for month, period in enumerate(world.months)
        for k in range(world.clinical)
    ]  # fmt: skip
    return col.rows_table("bonuses", rows)


def resources_table(world: World) -> pa.Table:
    """Minutes that can be worked in each centre that performs services."""
    rows = [
        {
            "hospital_id": world.hospital_id, "month": period.name, "cost_centre": centre.code,
            "practical_minutes": minutes_of(world, centre),
        }
        for period in world.months
        for centre in centre_rows(world)
        if centre.class_ in ("clinical", "technology")
    ]  # fmt: skip
    return col.rows_table("resources", rows)


def minutes_of(world: World, centre: CentreRow) -> float:
    """Minutes a month that can be worked: staff x 21 days x 8 hours x the practical share."""
    return round(staff_of(world, centre) * 21 * 480 * world.parameters.records.practical_share, 1)


def _drg_budgets(world: World, month: int) -> list[dict[str, object]]:
    """Planned cases x regional cost, split by the group's drugs and consumables and fixed shares of the rest."""
    settings, period = world.parameters.settings, world.months[month]
    share = world.of_drgs("share") / world.of_drgs("share").sum()
    season = settings.calendar.stays[period.start.month - 1] / 12
    cost = weights(world) * settings.region.mean_charge * settings.region.cost_to_charge
    plan = share * world.stays_per_year * season * cost
    drug, material = world.of_drgs("drug"), np.minimum(world.of_drgs("consumable") + 0.06, 0.9)
    rest = np.maximum(1 - drug - material, 0.05)
    parts = {"drugs": drug, "materials": material, "personnel": rest * 0.66, "depreciation": rest * 0.18}
    parts |= {"amortisation": rest * 0.02, "risk_fund": rest * 0.02, "other": rest * 0.12}
    return [
        _budget(world, period.name, "drg", code, item, plan[k] * parts[item][k])
        for k, code in enumerate(world.drg_codes)
        if code != "none"
        for item in codes("cost_item")
    ]


def _budget(world: World, month: str, scope: str, subject: str, item: str, amount: float) -> dict[str, object]:
    return {
        "hospital_id": world.hospital_id, "month": month, "scope": scope, "subject": subject, "cost_item": item,
        "amount": col.decimal(amount),
    }  # fmt: skip
