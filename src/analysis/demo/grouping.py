"""Weights and payment standards of the groups, and the rules of the demonstration grouper."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.world import World


def weights(world: World) -> np.ndarray:
    """RW of every DRG: its charge before the management / how far that stands above the standard / the rate of 2022."""
    rate = world.parameters.settings.rates[2022]
    return world.of_drgs("charge") / world.of_drgs("against") / rate


def payment_standards_table(world: World) -> pa.Table:
    region = world.parameters.settings.region
    rows = []
    for year in sorted({p.year for p in world.months} | {2021, 2022, 2023}):
        for code, drg, weight in zip(world.drg_codes, world.drgs, weights(world), strict=True):
            if code == "none":
                continue
            charge = weight * region.mean_charge * region.drift.get(year, 1.0)
            rows.append(
                {
                    "year": year, "drg_code": code, "severity": "*", "name": drg.name, "name_en": drg.name_en,
                    "weight": round(weight, 4), "benchmark_charge": col.decimal(charge),
                    "benchmark_days": round(drg.days / drg.peer_days, 2),
                    "benchmark_cost": col.decimal(charge * region.cost_to_charge), "low_risk": drg.low_risk,
                }
            )  # fmt: skip
    return col.rows_table("payment_standards", rows)


def drg_rules_table(world: World) -> pa.Table:
    rows = [
        {"year": year, "adrg": adrg, "kind": kind, "code": code, "rank": rank}
        for year in sorted({p.year for p in world.months})
        for rank, (adrg, rule) in enumerate(world.parameters.grouper.items(), start=1)
        for kind, codes in (("diagnosis", rule.diagnoses), ("procedure", rule.procedures))
        for code in codes
    ]
    return col.rows_table("drg_rules", rows)


def complication_codes_table(world: World) -> pa.Table:
    rows = [
        {"year": year, "code": d.code, "level": d.level, "excluded_by": d.excluded_by.replace("|", ",") or None}
        for year in sorted({p.year for p in world.months})
        for d in world.parameters.diagnoses
        if d.level
    ]
    return col.rows_table("complication_codes", rows)
