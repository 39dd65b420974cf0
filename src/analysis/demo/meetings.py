"""MDT meetings: planned some days after admission, held where the patient is still there."""

import numpy as np
import pandas as pd

from analysis.demo.world import World


def several_systems(known: pd.DataFrame) -> np.ndarray:
    """Stays that meet the criterion of two or more systems, by their facts: diabetes or a major comorbidity."""
    return (known["diabetes"] | (known["severity"] == 2)).to_numpy(bool)


def held_on(world: World, known: pd.DataFrame, drg: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Day after admission on which a meeting is held, -1 = none.

    The day is planned without regard to the length of the stay (`length`: days as they would be without the meeting):
    whoever leaves before it never gets one.
    """
    specs = [world.parameters.records.mdt.get(code, (0.0, [], 0.0)) for code in world.drg_codes]
    share = np.array([[spec[0], spec[2]] for spec in specs])[drg, several_systems(known).astype(int)]
    number = known["number"].to_numpy()
    waited = -world.parameters.records.mdt_after * np.log1p(-world.uniform("mdt.day", number))
    day = 1 + waited.astype(np.int64)
    return np.where((world.uniform("mdt", number) < share) & (day + 1 <= length), day, -1)
