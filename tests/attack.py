"""What a reader can work out: cells from sums of cells, by interval propagation and by linear algebra.

The reader is taken to know which cells are certainly empty, which is more than the pages tell.
"""

from collections.abc import Sequence

import numpy as np

#: Sums a reader knows: (cells summed, value).
Sums = Sequence[tuple[Sequence[int], float]]


def worked_out(counts: np.ndarray, sums: Sums) -> np.ndarray:
    """Which of the cells of 1 to 9 the sums determine; a cell shown is a sum of one."""
    counts = np.asarray(counts, dtype=float)
    small = (counts > 0) & (counts < 10)
    low, high = bounds(counts, sums)
    return small & ((low == high) | determined(counts, sums))


def bounds(counts: np.ndarray, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
    """Least and most each cell can be."""
    low, high = np.zeros(len(counts)), np.where(counts > 0, np.inf, 0.0)
    rows = [(np.asarray(cells, dtype=int), value) for cells, value in sums if len(cells)]
    for _ in range(100):
        before = low.copy(), high.copy()
        for cells, value in rows:
            unknown = np.isinf(high[cells])
            most_of_others = np.where(unknown.sum() - unknown > 0, np.inf, high[cells][~unknown].sum())
            most_of_others = most_of_others - np.where(unknown, 0, high[cells])
            high[cells] = np.minimum(high[cells], value - (low[cells].sum() - low[cells]))
            low[cells] = np.maximum(low[cells], value - most_of_others)
        if (low == before[0]).all() and (high == before[1]).all():
            break
    assert (low <= counts).all() and (counts <= high).all(), "the sums contradict the truth"
    return low, high


def determined(counts: np.ndarray, sums: Sums) -> np.ndarray:
    """Cells on which every solution of the sums agrees: no direction that changes no sum moves them."""
    cells = np.flatnonzero(counts > 0)
    place = {cell: i for i, cell in enumerate(cells)}
    matrix = np.zeros((len(sums), len(cells)))
    for i, (parts, value) in enumerate(sums):
        assert sum(counts[list(parts)]) == value, "the sums contradict the truth"
        matrix[i, [place[cell] for cell in parts if cell in place]] = 1
    _, values, right = np.linalg.svd(matrix)
    free = right[int((values > 1e-9).sum()) :]
    told = np.zeros(len(counts), dtype=bool)
    told[cells] = np.abs(free).max(axis=0, initial=0.0) < 1e-9
    return told
