"""How much of each item an act uses, so that the simulated stays use what the hospital's stays used."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.pathways.estimates import Estimate, quantity_estimate
from analysis.pathways.model import Pathway
from analysis.pathways.replay import Trace
from analysis.pathways.shown import acts_of

Floats = NDArray[np.float64]
#: Less of an item than this in a stay is the arithmetic's.
_TRACE = 1e-9


def item_estimates(pathway: Pathway, stays: Sequence[Mapping[str, float]], traces: Sequence[Trace]) -> list[Estimate]:
    """Mean quantities of the items that acts list: act -> an estimate of all its items.

    One item in one act that all come by: its mean. Else what a stay used is the sum of what its acts used, by
    non-negative least squares (standard errors by the residuals, White 1980); acts that always go together share in the
    file's proportion. What is used without any act that lists it goes to the first act that all come by, so that
    nothing is lost.

    Parameters
    ----------
    stays, traces : items of each stay, and how it went.
    """
    listed = {act: items for act, items, _ in acts_of(pathway) if items}
    times = {act: often for act, _, often in acts_of(pathway)}
    came = {act: np.array([times[act] * (act in trace.visited) for trace in traces], float) for act in listed}
    everybody = next((act for act in listed if came[act].all()), None)
    found: dict[str, dict[str, tuple[float, float]]] = {}
    spread: dict[str, dict[str, float]] = {}
    for code in sorted({code for items in listed.values() for code in items}):
        used = np.array([stay.get(code, 0.0) for stay in stays])
        acts = {act: items[code] for act, items in listed.items() if items.get(code, 0) > 0 and came[act].any()}
        if everybody and not any(came[act].all() for act in acts):
            acts[everybody] = 1.0
        for act, (mean, error) in _shared_out(used, acts, came).items():
            if act == everybody and code not in listed[act] and mean < _TRACE:
                continue
            found.setdefault(act, {})[code] = (mean, error)
            spread.setdefault(act, {})[code] = float(used[came[act] > 0].std())
    return [
        quantity_estimate(f"{act}.items", found[act], int((came[act] > 0).sum()), spread[act])
        for act in listed
        if act in found
    ]


def _shared_out(used: Floats, acts: Mapping[str, float], came: Mapping[str, Floats]) -> dict[str, tuple[float, float]]:
    """Act -> mean quantity and its standard error."""
    if not acts:
        return {}
    groups: dict[bytes, list[str]] = {}
    for act in acts:
        groups.setdefault(came[act].tobytes(), []).append(act)
    ways = list(groups.values())
    listed = [sum(acts[act] for act in way) for way in ways]
    design = np.column_stack([came[way[0]] for way in ways])
    amounts, _ = optimize.nnls(design, used)
    left = used - design @ amounts
    inverse = np.linalg.pinv(design.T @ design)
    pull = (
        inverse @ (design * left[:, None]).T
    )  # stays that use more also vary more: errors by the residuals themselves
    errors = np.sqrt((pull**2).sum(axis=1) * len(used) / max(len(used) - len(ways), 1))
    return {
        act: (amount * acts[act] / total, float(error) * acts[act] / total)
        for way, total, amount, error in zip(ways, listed, amounts.tolist(), errors, strict=True)
        for act in way
    }
