"""Indicators of the period: SQL brings numerators and denominators, here they become rows.

value = numerator x scale / denominator, or the numerator itself where the indicator is a sum.
"""

from typing import Any

import numpy as np
import pandas as pd

from analysis.engine import Engine, sql_text
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
        parts.append(_long(engine.frame(sql_text("analysis.closing", source), **parameters)))
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
    names = [column.removesuffix("__n") for column in wide.columns if column.endswith("__n")]
    ratio = np.array([f"{name}__d" in wide for name in names])
    scale = np.array([vocabulary().indicators[name].scale for name in names])
    numerator = wide[[f"{name}__n" for name in names]].to_numpy(float)
    denominator = np.full(numerator.shape, np.nan)
    denominator[:, ratio] = wide[[f"{name}__d" for name in np.array(names)[ratio]]].to_numpy(float)
    row, column = np.nonzero(~np.isnan(numerator) & (~ratio | (denominator > 0)))
    part = wide[_KEY].iloc[row].reset_index(drop=True)
    part["indicator"] = np.array(names, dtype=object)[column]
    part["numerator"], part["denominator"] = numerator[row, column], denominator[row, column]
    scaled = part["numerator"] * scale[column] / part["denominator"]
    part["value"] = scaled.where(ratio[column], part["numerator"])
    return part
