"""Charlson index of what was present on admission (charlson.yaml: sources, codes and weights)."""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings import safe_yaml


@cache
def _conditions() -> dict[str, dict[str, Any]]:
    return safe_yaml(files("analysis.evaluation").joinpath("charlson.yaml").read_text("utf8"))


def charlson(stays: pd.Series, secondary: pd.DataFrame) -> NDArray[np.float64]:
    """Sum of the weights of the conditions that a stay has; the graver of a pair (diabetes with damage) counts alone.

    Parameters
    ----------
    stays : (n,) ids.
    secondary : stay_id, code (ICD-10): secondary diagnoses present on admission.

    Returns
    -------
    (n,) index; 0 without any.
    """
    codes = secondary["code"].unique()
    found = pd.DataFrame(index=codes)
    for name, condition in _conditions().items():
        found[name] = [code.startswith(tuple(condition["codes"])) for code in codes]
    held = found.loc[secondary["code"]].groupby(secondary["stay_id"].to_numpy()).any()
    held = held.reindex(stays, fill_value=False)
    total = np.zeros(len(stays))
    for name, condition in _conditions().items():
        graver = held[condition["under"]] if "under" in condition else False
        total += condition["weight"] * (held[name] & ~graver).to_numpy()
    return total
