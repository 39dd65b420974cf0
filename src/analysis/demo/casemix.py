"""How severe the cases of each group are, and factors that depend on severity without moving a group's mean."""

from functools import lru_cache

import numpy as np

from analysis.demo.world import World

MILD, CC, MCC = 0, 1, 2


@lru_cache(maxsize=4)
def severity_shares(world: World) -> np.ndarray:
    """Share of cases without, with CC, with MCC: DRG x 3.

    The last character of a code says what it holds: 1 MCC, 3 CC (and MCC where its ADRG has no 1), 5 none (and CC where
    its ADRG has no 3), 9 everything.
    """
    shares = np.zeros((len(world.drgs), 3))
    for k, (code, drg) in enumerate(zip(world.drg_codes, world.drgs, strict=True)):
        siblings = {other[3] for other in world.drg_codes if other[:3] == code[:3] and len(other) == 4}
        shares[k] = [1 - drg.cc - drg.mcc, drg.cc, drg.mcc]
        held = {"1": [MCC], "3": [CC] if "1" in siblings else [CC, MCC], "5": [MILD] if "3" in siblings else [MILD, CC]}
        allowed = held.get(code[3:], [MILD, CC, MCC]) if code != "none" else [MILD, CC, MCC]
        shares[k, [level for level in (MILD, CC, MCC) if level not in allowed]] = 0
        if len(allowed) == 1:
            shares[k, allowed] = 1
    return shares / shares.sum(axis=1, keepdims=True)


def by_severity(world: World, none: float, cc: float, mcc: float) -> np.ndarray:
    """Factors of the three levels, DRG x 3, scaled to a mean of one in each DRG."""
    factors = np.array([none, cc, mcc])
    return factors / (severity_shares(world) @ factors)[:, None]


def severity_effect(world: World) -> np.ndarray:
    """Factor of days and of use by severity, DRG x 3."""
    level = world.parameters.settings.severity
    return by_severity(world, level["none"], level["cc"], level["mcc"])


def never_coded_higher(world: World) -> np.ndarray:
    """DRGs that a case would leave if a complication were coded as CC."""
    shares = severity_shares(world)
    return (shares[:, MILD] == 1) & np.array([code[-1] == "5" for code in world.drg_codes])
