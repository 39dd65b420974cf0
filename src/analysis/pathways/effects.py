"""How much a scenario is assumed to do, made weaker or stronger: its size is the least known number of all."""

from collections.abc import Mapping
from typing import Any

from analysis.pathways.edits import CHANGE, parameters
from analysis.pathways.layers import Layered

#: What a plan decides, and therefore is known.
_DECIDED = ("resources.", "payment", "arrivals.", "standard.")


def scaled(base: Layered, scenario: Mapping[str, Any], by: float | Mapping[str, float]) -> dict[str, Any]:
    """A scenario whose effects are `by` times as large: 1 as it says, 0 none.

    "x f" becomes "x 1 + (f - 1) by", "+ c" "+ c by", a value old + (value - old) by, kept between 0 and 1 where it is a
    chance. Switches, order and what a plan decides (units, payment) stay.

    Parameters
    ----------
    by : one factor, or one of each address; those not named stay.
    """
    known = parameters(base.edited)
    factors = by if isinstance(by, Mapping) else dict.fromkeys(effects(base, scenario), by)
    return {
        at: _scaled(known.get(at), value, factors[at]) if at in factors else value for at, value in scenario.items()
    }


def effects(base: Layered, scenario: Mapping[str, Any]) -> list[str]:
    """Addresses of a scenario whose size is an assumption."""
    known = parameters(base.edited)
    return [
        at for at, value in scenario.items()
        if not isinstance(value, bool) and not at.startswith(_DECIDED) and (CHANGE.match(str(value)) or at in known)
    ]  # fmt: skip


def _scaled(old: float | None, value: Any, by: float) -> Any:
    read = CHANGE.match(str(value)) if isinstance(value, str) else None
    if read and read[1] == "x":
        return f"x {max(1e-3, 1 + (float(read[2]) - 1) * by):.6f}"
    if read:
        return f"{read[1]} {float(read[2]) * by:.6f}"
    assert old is not None
    moved = old + (float(value) - old) * by
    return min(1.0, max(0.0, moved)) if 0 <= old <= 1 and 0 <= value <= 1 else max(0.0, moved)
