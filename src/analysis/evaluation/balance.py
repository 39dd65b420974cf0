"""Are the sides alike? Standardised differences before, after matching and after weighting.

d = (mean of treated - mean of controls) / sqrt((s1^2 + s0^2) / 2); of a share s^2 = p (1 - p) (Austin 2009, Statistics
in Medicine 28(25), 3083-3107). Unlike a p-value it does not grow with the number of cases; above 0.1 in absolute value
a difference is not negligible. s1 and s0 are those of the sides before, at every stage, so that a change of d is a
change of the difference and not of the spread (Stuart 2010, Statistical Science 25(1), 1-21).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evaluation.variables import variable

Floats = NDArray[np.float64]
#: Largest standardised difference that counts as alike.
NEGLIGIBLE = 0.1


def balance_table(
    rows: pd.DataFrame, names: Sequence[str], treated: Floats, weights: Mapping[str, Floats]
) -> pd.DataFrame:
    """Baseline table: one row a number, one a level of a category, one a share not known.

    Parameters
    ----------
    rows : cohort's rows. names : variables. treated : (n,). weights : stage -> (n,) weights (of matching: 0, 1, 2 ...).

    Returns
    -------
    variable, level (empty of a number), zh, en, kind (number or share), treated, control (means before), treated_sd,
    control_sd, smd_before, and treated_STAGE, control_STAGE, smd_STAGE of every stage. NaN where nothing varies.
    """
    found = []
    for name in names:
        words = variable(name)
        for level, kind, values in _columns(rows[name]):
            found.append(
                {"variable": name, "level": level, "zh": words.zh, "en": words.en, "kind": kind}
                | _differences(values, treated, weights)
            )
    return pd.DataFrame(found)


def _columns(values: pd.Series) -> list[tuple[str, str, Floats]]:
    unknown = values.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(values):
        number = values.to_numpy(float, na_value=np.nan)
        kind = "share" if np.isin(number[~unknown], (0, 1)).all() else "number"
        found = [("", kind, number)]
    else:
        text = values.astype(object).where(~unknown, None)
        levels = sorted(text.dropna().unique())
        found = [(str(level), "share", np.where(unknown, np.nan, (text == level).to_numpy(float))) for level in levels]
    return [*found, ("?", "share", unknown.astype(float))] if unknown.any() else found


def _differences(values: Floats, treated: Floats, weights: Mapping[str, Floats]) -> dict[str, float]:
    known = np.isfinite(values)
    sides = {side: values[known & (treated == side)] for side in (0, 1)}
    mean = {side: float(one.mean()) if len(one) else np.nan for side, one in sides.items()}
    spread = {side: float(one.std(ddof=1)) if len(one) > 1 else np.nan for side, one in sides.items()}
    if np.isin(values[known], (0, 1)).all():
        spread = {side: float(np.sqrt(mean[side] * (1 - mean[side]))) for side in (0, 1)}
    scale = np.sqrt((spread[0] ** 2 + spread[1] ** 2) / 2)
    scale = scale if scale > 0 else np.nan
    row = {"treated": mean[1], "control": mean[0], "treated_sd": spread[1], "control_sd": spread[0],
           "smd_before": (mean[1] - mean[0]) / scale}  # fmt: skip
    for stage, weight in weights.items():
        after = [_mean(values, weight * known * (treated == side)) for side in (0, 1)]
        row |= {
            f"treated_{stage}": after[1],
            f"control_{stage}": after[0],
            f"smd_{stage}": (after[1] - after[0]) / scale,
        }
    return row


def _mean(values: Floats, weights: Floats) -> float:
    total = weights.sum()
    return float((weights * np.nan_to_num(values)).sum() / total) if total > 0 else float("nan")
