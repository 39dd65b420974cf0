"""Protection of small groups: counts of 1 to 9 are shown as `<10`, figures derived from them are hidden.

A hidden count must not come back by subtracting the others from a total, so in every line of a table (its cells and
its total) either nothing is hidden, or at least two cells whose counts together reach the limit.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

LIMIT = 10
HIDDEN = "*"
SMALL = f"<{LIMIT}"

#: Cells of a table, as (rows, columns) that index it.
Line = tuple[int | slice, int | slice | list[int]]


def is_small(count: float) -> bool:
    """1 to 9 cases; none at all tells nothing about anybody."""
    return 0 < count < LIMIT


def hidden_groups(counts: Sequence[float]) -> np.ndarray:
    """Which groups of one line are hidden when their total is known; all where the line itself is small.

    Returns
    -------
    Boolean array, True = hidden.
    """
    return hidden_cells(np.asarray(counts, dtype=float).reshape(1, -1), columns=False)[0]


def hidden_cells(counts: np.ndarray, columns: bool = True) -> np.ndarray:
    """Which cells of a cross table are hidden when the totals of its rows (and columns) are known.

    Parameters
    ----------
    counts : cells, rows x columns.
    columns : whether the totals of the columns are shown too.
    """
    counts = np.nan_to_num(np.asarray(counts, dtype=float))
    lines: list[Line] = [(i, slice(None)) for i in range(counts.shape[0])]
    lines += [(slice(None), j) for j in range(counts.shape[1])] if columns else []
    return hidden_in_lines(counts, (counts > 0) & (counts < LIMIT), lines)


def hidden_in_lines(counts: np.ndarray, hidden: np.ndarray, lines: Sequence[Line]) -> np.ndarray:
    """What must be hidden besides `hidden` where the totals of some lines are known.

    Parameters
    ----------
    counts : cells, rows x columns.
    hidden : those hidden from the start.
    lines : cells whose total is known, each as (rows, columns) that index `counts`.
    """
    hidden = hidden.copy()
    while any([_widen(counts, hidden, line) for line in lines]):  # noqa: C419 every line must be widened
        pass
    return hidden


def _widen(counts: np.ndarray, hidden: np.ndarray, line: Line) -> bool:
    """Hide the smallest shown cell of a line where what is hidden could be recovered; True where one was hidden."""
    cells, gone = counts[line], hidden[line]
    if not gone.any() or (gone.sum() > 1 and cells[gone].sum() >= LIMIT):
        return False
    shown = np.flatnonzero(~gone & (cells > 0))
    if not len(shown):
        return False
    gone[shown[np.argmin(cells[shown])]] = True
    hidden[line] = gone
    return True


def protect(
    frame: pd.DataFrame,
    count: str,
    derived: Sequence[str],
    total_known: bool = True,
    hidden: Sequence[bool] | None = None,
) -> pd.DataFrame:
    """Hide small groups of a table with one row a group.

    Parameters
    ----------
    frame : one row a group.
    count : column with the number of cases behind the row.
    derived : columns computed from these cases.
    total_known : whether the reader knows the total of the groups.
    hidden : the rows hidden, where that is decided for more tables than this one.

    Returns
    -------
    A copy: small counts as `<10`, counts hidden for the sake of others and derived figures as `*`.
    """
    counts = frame[count].fillna(0).to_numpy(dtype=float)
    small = (counts > 0) & (counts < LIMIT)
    if hidden is None:
        hidden = hidden_groups(counts) if total_known and len(counts) else small
    gone = np.asarray(hidden, dtype=bool) | small
    safe = frame.copy()
    for name in [count, *derived]:
        safe[name] = safe[name].astype(object).mask(gone, HIDDEN)
    safe.loc[small, count] = SMALL
    return safe


def note(hidden: bool, language: str) -> tuple[str, ...]:
    """The caveat that explains what is hidden."""
    if not hidden:
        return ()
    if language == "zh":
        return (f"不足 {LIMIT} 例的分组显示为 {SMALL}，由其得出的数字以 {HIDDEN} 隐去；为防止倒推，另有分组一并隐去。",)
    return (
        f"Groups under {LIMIT} cases show as {SMALL}, figures derived from them as {HIDDEN}; "
        "further groups are hidden so that they cannot be worked out.",
    )
