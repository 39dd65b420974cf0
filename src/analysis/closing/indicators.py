"""Indicators of the period: SQL brings numerators and denominators, here they become rows.

value = numerator x scale / denominator, or the numerator itself where the indicator is a sum.
"""

from typing import Any

import numpy as np
import pandas as pd

from analysis.engine import Engine
from analysis.vocabulary import vocabulary

_SOURCES = (
    "case_indicators",
    "share_indicators",
    "department_indicators",
    "denial_indicators",
    "fund_indicators",
    "survey_indicators",
)
#: A month's close cannot know who comes back within 30 days.
_COUNTED_LATER = ("readmission_30d",)
_KEY = ["hospital_id", "scope", "subject"]


def indicator_rows(engine: Engine, targets: dict[str, float], **parameters: Any) -> pd.DataFrame:
    """All indicators of the period as rows of the closed table `indicators`; targets stand at the hospital."""
    parts = []
    for source in _SOURCES:
        engine.make("analysis.closing", source, **parameters)
        parts.append(_long(engine.frame(f'select * from "{source}"')))
    rows = pd.concat([*parts, _targets_of_later(engine, targets)], ignore_index=True)
    at_hospital = rows["scope"] == "hospital"
    rows["target"] = rows["indicator"].map(targets).astype(float).where(at_hospital)
    return rows


def _targets_of_later(engine: Engine, targets: dict[str, float]) -> pd.DataFrame:
    """Rows without a value that carry the target of an indicator counted only when several periods are read."""
    hospitals = engine.frame("select distinct hospital_id from cases order by hospital_id")["hospital_id"]
    rows = [(h, "hospital", h, name) for h in hospitals for name in _COUNTED_LATER if name in targets]
    return pd.DataFrame(rows, columns=[*_KEY, "indicator"], dtype="str")


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """Columns NAME__n and NAME__d to rows; rows without a numerator, or with an empty denominator, are left out."""
    parts = []
    for column in [c for c in wide.columns if c.endswith("__n")]:
        name = column.removesuffix("__n")
        part = wide[_KEY].assign(indicator=name, numerator=wide[column].astype(float))
        ratio = f"{name}__d" in wide
        part["denominator"] = wide[f"{name}__d"].astype(float) if ratio else np.nan
        usable = part["numerator"].notna() & (part["denominator"].gt(0) if ratio else True)
        part = part[usable]
        scale = vocabulary().indicators[name].scale
        part["value"] = part["numerator"] * scale / part["denominator"] if ratio else part["numerator"]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
