"""A technique's gain shared between hospital, department and lead, and what is shared although it may be chance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import InputError


def share_gain(
    difference: Sequence[float] | np.ndarray, cases: float, share: float = 0.2, lead: float = 0.5
) -> pd.DataFrame:
    """Yearly gain of a technique and its parts: gain = -(difference of cost) x cases.

    A gain that is paid where the estimate is positive and not taken back where it is negative pays for chance: the
    part that is beyond doubt is the lower end of the interval.

    Parameters
    ----------
    difference : draws of the difference of cost a case, new - old. cases : a year with the new technique.
    share : part of the gain that is shared; lead : part of the shared that goes to the lead.

    Returns
    -------
    Rows gain, shared, lead, hospital (what stays): part, estimate, ci_low, ci_high, beyond_doubt (of the lower end,
    at least nought).
    """
    if not (0 <= share <= 1 and 0 <= lead <= 1 and cases >= 0):
        raise InputError("a gain is shared by parts between 0 and 1, over no fewer than no cases")
    gain = -np.asarray(difference, dtype=float) * cases
    low, high = np.quantile(gain, (0.025, 0.975))
    ends = np.array([gain.mean(), low, high, max(low, 0.0)])
    sharing = np.maximum(ends, 0.0) * share
    rows = {"gain": ends, "shared": sharing, "lead": sharing * lead, "hospital": ends - sharing}
    made = pd.DataFrame(rows, index=["estimate", "ci_low", "ci_high", "beyond_doubt"]).T
    return made.rename_axis("part").reset_index()
