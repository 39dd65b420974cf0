"""What a period could not have because tables are missing; the report says so instead of inventing."""

import pandas as pd

from analysis.engine import Engine
from analysis.hospital import Hospital

#: What is computed from which contract tables; named in the report where one is missing.
_NEEDS = {
    "cost of departments and cases": ("ledger", "cost_centres", "drivers"),
    "unit cost per visit and bed-day": ("ledger", "workload"),
    "DRG income and payment margin": ("payment_standards",),
    "charges by category": ("charges", "items"),
    "denials": ("denials",),
    "fund balance": ("fund",),
    "settlement flow": ("settlements",),
    "diagnoses": ("diagnoses",),
    "complications and satisfaction": ("outcomes",),
    "outpatients": ("visits",),
    "transfers between centres": ("transfers",),
    "surveys": ("surveys",),
    "coding accuracy": ("coding_samples",),
    "steps of pathways known by their charges": ("charges",),
    "waits, and steps of pathways known by their times": ("events",),
    "who is on which pathway, and reasons of variances": ("pathway_records",),
}


def left_out(engine: Engine, hospital: Hospital) -> pd.DataFrame:
    """Rows of the closed table `left_out`: what, and which tables or columns it would need."""
    rows = [(what, ", ".join(missing)) for what, tables in _NEEDS.items() if (missing := hospital.missing(*tables))]
    for what, column in (("readmission", "patient_id"), ("physicians", "physician_id")):
        if not engine.value(f"select count({column}) from cases"):
            rows.append((what, f"stays.{column}"))
    gaps = engine.value(
        """select string_agg(drg_code || ': ' || missing, '; ' order by drg_code) from (
            select drg_code, string_agg(distinct missing, ', ' order by missing) as missing
            from standard_gaps group by drg_code)"""
    )
    if gaps:
        rows.append(("standard cost by pathway", f"unit cost of {gaps}"))
    others = engine.value(
        """select string_agg(hospital_id || ' ' || allocation || ' ' || cost_scope || ': ' || reason, '; '
            order by hospital_id, allocation, cost_scope)
        from alternatives_left_out"""
    )
    if others:
        rows.append(("other allocation methods and scopes", others))
    return pd.DataFrame(rows, columns=["what", "missing"], dtype="str")
