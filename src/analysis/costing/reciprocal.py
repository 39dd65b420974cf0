"""Reciprocal allocation: service centres serve one another, and one linear solve finds what each of them costs.

gross = direct + what other service centres give: x = d + S'x, so x = (I - S')^-1 d with S the shares between service
centres; production centres receive P'x. Source: any textbook of cost accounting (reciprocal or algebraic method).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.costing.allocation import Giving, hand_on
from analysis.costing.scheme import SHARE_TOLERANCE
from analysis.errors import InputError
from analysis.fen import split_rows

#: A share that floats can no longer tell from nothing once it is taken from one.
_NEGLIGIBLE = 1e-12


class Reciprocal(NamedTuple):
    """`gross` (services, items) cost of every service centre with what others gave it (its own use included);
    `received` (productions, items) what production centres receive.
    """

    gross: NDArray[np.float64]
    received: NDArray[np.float64]


def reciprocal(direct: NDArray, shares: NDArray) -> Reciprocal:
    """Solve for all service centres and cost items at once.

    Parameters
    ----------
    direct : (services, items) or (services,) direct cost of the service centres, any unit.
    shares : (services, services + productions) part of each service centre's output that every centre uses, the service
        centres first, own use on the diagonal; each row sums to 1.

    Raises
    ------
    InputError
        A row of shares does not sum to 1, or service centres give only to one another.
    """
    direct, shares = np.asarray(direct, float), np.asarray(shares, float)
    services = len(direct)
    wrong = np.flatnonzero(abs(shares.sum(axis=1) - 1) > SHARE_TOLERANCE)
    if len(wrong):
        rows = [f"service centre {i + 1}: {shares[i].sum():.2%}" for i in wrong[:5]]
        raise InputError("shares of a service centre do not sum to 100 %", rows=rows, mend="correct the shares")
    stuck = _stuck(shares[:, :services], shares[:, services:])
    if len(stuck):
        raise _loop([f"service centre {i + 1}" for i in stuck])
    gross = np.linalg.solve(np.eye(services) - shares[:, :services].T, direct)
    return Reciprocal(gross, shares[:, services:].T @ gross)


def reciprocal_flows(
    direct: NDArray, givings: list[Giving], codes: NDArray, *, exact_fen: bool = True
) -> list[NDArray]:
    """Real flows gross_i x share_ij of every giving, to the fen.

    Gross cost is rounded to the fen and each flow split by largest remainder; the few fen by which a centre then gives
    more or less than it has go to the final centres by its ultimate shares (I - S)^-1 P, so that every service centre
    gives exactly direct + received. Cost items by the same drivers share one matrix and one solve.

    Parameters
    ----------
    direct : (centres, items) direct cost of all centres; whole fen where `exact_fen`.
    givings : one a service centre and group of its cost items; no weight on itself.
    codes : (centres,) for messages.

    Returns
    -------
    One (centres, items) array a giving, in the order of `givings`.

    Raises
    ------
    InputError
        Service centres give only to one another.
    """
    flows = [np.zeros_like(direct) for _ in givings]
    for items, used in _matrices(givings, direct.shape):
        centres = [givings[number].centre for number in used]
        shares = np.array([givings[n].weights / givings[n].weights.sum() for n in used]).reshape(-1, len(direct))
        for number, flow in zip(used, _flows(direct[:, items], shares, centres, codes, exact_fen), strict=True):
            flows[number][:, items] = flow
    return flows


def _flows(direct: NDArray, shares: NDArray, centres: list[int], codes: NDArray, exact_fen: bool) -> list[NDArray]:
    """Flows (centres, items) of each service centre (a row of `shares`) for items that share this matrix."""
    final = np.setdiff1d(np.arange(len(direct)), centres)
    between, onward = shares[:, centres], shares[:, final]
    stuck = _stuck(between, onward)
    if len(stuck):
        raise _loop([str(codes[centres[i]]) for i in stuck])
    chain = np.eye(len(centres)) - between
    gross = np.linalg.solve(chain.T, direct[centres].astype(float))
    if not exact_fen:
        return [np.outer(row, amounts) for row, amounts in zip(shares, gross, strict=True)]
    flows = [hand_on(amounts, row) for row, amounts in zip(shares, np.rint(gross).astype(np.int64), strict=True)]
    left = direct[centres] + sum(flow[centres] for flow in flows) - np.array([flow.sum(axis=0) for flow in flows])
    ultimate = np.linalg.solve(chain, onward).clip(min=0)
    for flow, few, row in zip(flows, left, ultimate, strict=True):
        flow[final] += split_rows(few, row).T
    return flows


def _matrices(givings: list[Giving], shape: tuple[int, ...]) -> list[tuple[NDArray[np.intp], list[int]]]:
    """Cost items that share a matrix, each group with the numbers of its givings."""
    used: list[list[int]] = [[] for _ in range(shape[1])]
    for number, giving in enumerate(givings):
        for item in np.arange(shape[1])[giving.items]:
            used[item].append(number)
    groups: dict[tuple[int, ...], list[int]] = {}
    for item, numbers in enumerate(used):
        groups.setdefault(tuple(numbers), []).append(item)
    return [(np.array(items), list(numbers)) for numbers, items in groups.items() if numbers]


def _stuck(between: NDArray, onward: NDArray) -> NDArray[np.intp]:
    """Service centres from which no way of more than negligible shares leads to a final centre."""
    reaches = onward.sum(axis=1) > _NEGLIGIBLE
    while True:
        more = reaches | (between[:, reaches] > _NEGLIGIBLE).any(axis=1)
        if (more == reaches).all():
            return np.flatnonzero(~reaches)
        reaches = more


def _loop(rows: list[str]) -> InputError:
    return InputError(
        "service centres give only to one another: their cost can reach no clinical centre",
        where="table drivers",
        rows=rows[:5],
        mend="bring the quantities that clinical centres use of them, or name another driver in parameters/costing",
    )
