"""Service items and capacity of a month, from what lines, recipes and pools say."""

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.costing.scheme import CostingScheme
from analysis.costing.unit_costs import activity_unit_cost, capacity, cost_to_charge, shared_unit_cost
from analysis.engine import Engine, sql_text
from analysis.periods import Period

_SQL = "analysis.costing"
_CENTRE = ["hospital_id", "cost_centre"]


def cost_services(engine: Engine, period: Period, scheme: CostingScheme | None) -> None:
    """Make services and centre_capacity; without a scheme there is no cost, and both are empty."""
    values = {"month": period.name, "bed_items": scheme.bed_items if scheme else []}
    centres = engine.frame(sql_text(_SQL, "service_centres"), **values)
    items = engine.frame(sql_text(_SQL, "service_totals"))
    items = items if scheme else items.head(0)
    centres = _with_use(centres, items)
    engine.put("centre_capacity", pa.Table.from_pandas(_capacity_rows(centres), preserve_index=False))
    services = _service_rows(_within_books(items.merge(centres, "left", on=_CENTRE)))
    engine.put("services", pa.Table.from_pandas(services, preserve_index=False))


def _with_use(centres: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Centres with what their lines used and what revenue without lines is estimated to have used.

    Revenue without lines (outpatients in a light form) is ordered revenue less that of the lines; so are lines without
    a recipe. Each counts at the minutes, or coefficients, per yuan of the lines that have them.
    """
    measured = items[_CENTRE].assign(all_revenue=items["revenue"])
    for name in ("minutes", "coefficient"):
        measured[f"used_{name}"] = items["volume"] * items[name]
        measured[f"{name}_revenue"] = items["revenue"].where(items[name].notna())
    sums = measured.groupby(_CENTRE, as_index=False).sum(min_count=1)
    centres = centres.merge(sums, "left", on=_CENTRE)
    whole = np.fmax(centres["ordered_revenue"].fillna(0.0), centres["all_revenue"].fillna(0.0))
    for name in ("minutes", "coefficient"):
        per_yuan = cost_to_charge(centres[f"used_{name}"], centres[f"{name}_revenue"])
        centres[f"estimated_{name}"] = (whole - centres[f"{name}_revenue"]).clip(lower=0.0) * per_yuan
    idle = centres["class"].eq("technology") & centres["used_minutes"].isna()
    centres["used_minutes"] = centres["used_minutes"].mask(idle, 0.0)
    return centres.assign(whole_revenue=whole)


def _within_books(rows: pd.DataFrame) -> pd.DataFrame:
    """Material of the recipes, less where a technology centre's books hold less than its recipes say.

    What outpatients' services without lines take is estimated at the material per yuan of the lines.
    """
    standard = (rows["volume"] * rows["material"]).groupby([rows[name] for name in _CENTRE]).transform("sum")
    standard *= cost_to_charge(rows["whole_revenue"], rows["all_revenue"])
    part = cost_to_charge(rows["materials"], standard)
    return rows.assign(material=rows["material"] * np.where(np.isnan(part), 1.0, np.minimum(part, 1.0)))


def _capacity_rows(centres: pd.DataFrame) -> pd.DataFrame:
    """Rows of centre_capacity; what stood idle is not known where outpatients' work leaves no lines."""
    used = (centres["used_minutes"] + centres["estimated_minutes"].fillna(0.0)).where(centres["all_told"])
    found = capacity(centres["cost"], centres["practical_minutes"], used)
    names = [*_CENTRE, "class", "cost", "practical_minutes", "used_minutes", "estimated_minutes"]
    return centres[names].assign(rate=found.rate, unused_minutes=found.unused_minutes, unused_cost=found.unused_cost)


def _service_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a service item, centre and method."""
    price = (rows["revenue"] / rows["volume"]).where(rows["volume"] > 0)
    same = rows[[*_CENTRE, "item_code", "volume", "revenue"]].assign(
        unit_price=price, minutes=rows["volume"] * rows["minutes"], material=np.nan, direct_unit_cost=np.nan
    )
    frames = []
    for method, columns in _units(rows, price).items():
        own = same.assign(method=method, **columns)
        own["cost"] = (own["volume"] * own["unit_cost"]).round(2)
        frames.append(own.assign(margin=own["revenue"] - own["cost"]))
    return pd.concat(frames, ignore_index=True)


def _units(rows: pd.DataFrame, price: pd.Series) -> dict[str, dict[str, object]]:
    """Unit costs by method; what only time-driven costing tells stands with it."""
    rate = cost_to_charge(rows["cost"], rows["practical_minutes"])
    direct = cost_to_charge(rows["direct_cost"], rows["practical_minutes"])
    coefficients = rows["used_coefficient"] + rows["estimated_coefficient"].fillna(0.0)
    return {
        "activity": {
            "unit_cost": activity_unit_cost(rows["minutes"], rate, rows["material"]),
            "direct_unit_cost": activity_unit_cost(rows["minutes"], direct, rows["material"]),
            "material": rows["material"],
        },
        "equivalence": {"unit_cost": shared_unit_cost(rows["pool"], rows["coefficient"], coefficients)},
        "ratio": {"unit_cost": shared_unit_cost(rows["pool"], price, rows["whole_revenue"])},
    }
