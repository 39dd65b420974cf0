"""Splitting money so that the parts add up to the fen (largest remainder)."""

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray


def split_to_fen(
    totals: NDArray[np.int64], weights: NDArray[np.float64], groups: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Split each group's total over its rows in proportion to weights, in whole fen.

    Each row gets floor(total x weight / sum of weights); the fen left over go one each to the largest remainders,
    the earlier row first where remainders are equal. The parts of a group sum to its total exactly, whatever the
    floats did.

    Parameters
    ----------
    totals : (groups,) amounts in fen, any sign.
    weights : (rows,) with a non-zero sum in every group whose total is not zero.
    groups : (rows,) index of each row's group.

    Returns
    -------
    (rows,) parts in fen.

    Raises
    ------
    ZeroDivisionError
        A total that is not zero has weights that sum to zero.
    """
    sums = np.bincount(groups, weights, minlength=len(totals))
    stuck = (totals != 0) & (sums == 0)
    if stuck.any():
        raise ZeroDivisionError(f"weights of group {int(np.argmax(stuck))} sum to zero")
    shares = np.divide(weights, sums[groups], out=np.zeros(len(weights)), where=sums[groups] != 0)
    exact = totals[groups] * shares
    parts = np.floor(exact).astype(np.int64)
    left = totals - np.bincount(groups, parts, minlength=len(totals)).astype(np.int64)
    order = np.lexsort((np.arange(len(groups)), weights != 0, parts - exact, groups))
    rows = np.bincount(groups, minlength=len(totals))
    place = np.arange(len(order)) - (np.cumsum(rows) - rows)[groups[order]]
    everyone, some = np.divmod(left, np.maximum(rows, 1))
    parts[order] += everyone[groups[order]] + (place < some[groups[order]])
    return parts


def split_rows(totals: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split each total over the columns of its row: `split_to_fen` for a matrix, to the same fen.

    Parameters
    ----------
    totals : (rows,) amounts in fen, any sign.
    weights : (rows, columns), or (columns,) for all rows alike; not zero throughout where the total is not zero.

    Returns
    -------
    (rows, columns) parts in fen.

    Raises
    ------
    ZeroDivisionError
        A total that is not zero has weights that sum to zero.
    """
    weights = np.broadcast_to(np.asarray(weights, float), (len(totals), np.shape(weights)[-1]))
    sums = weights.cumsum(axis=1)[:, -1:]
    if ((totals != 0) & (sums[:, 0] == 0)).any():
        raise ZeroDivisionError("the weights of a total sum to zero")
    exact = totals[:, None] * np.divide(weights, sums, out=np.zeros(weights.shape), where=sums != 0)
    parts = np.floor(exact).astype(np.int64)
    left = totals - parts.sum(axis=1)
    order = np.lexsort((weights != 0, parts - exact), axis=1)
    everyone, some = np.divmod(left, weights.shape[1])
    extra = everyone[:, None] + (np.arange(weights.shape[1]) < some[:, None])
    np.put_along_axis(parts, order, np.take_along_axis(parts, order, 1) + extra, 1)
    return parts


def round_parts(totals: NDArray[np.int64], parts: NDArray[np.int64], groups: NDArray[np.intp]) -> NDArray[np.int64]:
    """Round parts of any sign so that each group's sum to its total, each to one of the two fen beside it.

    Unlike `split_to_fen`, which shares a total in proportion, parts stay what they are: +100 and -100 of a total of 0.
    The total has to be a fen beside the sum of its parts (round_parts of the level above gives such a one).

    Parameters
    ----------
    totals : (groups,) fen.
    parts : (rows,) in ten-thousandths of a fen (`to_micro`).
    groups : (rows,) index of each row's group.

    Returns
    -------
    (rows,) fen; a part that is whole stays, so nothing remains nothing. Equal remainders: the earlier row first.
    """
    fen, over = np.divmod(parts, 10_000)
    left = totals - np.bincount(groups, fen, minlength=len(totals)).astype(np.int64)
    order = np.lexsort((np.arange(len(parts)), -over, groups))
    rows = np.bincount(groups, minlength=len(totals))
    place = np.arange(len(order)) - (np.cumsum(rows) - rows)[groups[order]]
    if ((left < 0) | (left > np.bincount(groups, over > 0, minlength=len(totals)))).any():
        raise ValueError("a total is no fen beside the sum of its parts")
    fen[order] += place < left[groups[order]]
    return fen


def to_micro(amounts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Money as whole ten-thousandths of a fen: what floats leave of an order of adding is rounded away."""
    return np.rint(np.asarray(amounts, dtype=np.float64) * 1_000_000).astype(np.int64)


def to_fen(amounts: NDArray[np.object_] | NDArray[np.float64]) -> NDArray[np.int64]:
    """Money with two decimals as whole fen."""
    return np.rint(np.asarray(amounts, dtype=np.float64) * 100).astype(np.int64)


def money(fen: NDArray[np.int64]) -> pa.Array:
    """Whole fen as DECIMAL(18,2), without passing through floats."""
    halves = np.ascontiguousarray(np.column_stack([fen, fen >> 63]))
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(halves)])


def money_rows(frame: pd.DataFrame) -> pa.Table:
    """Frame whose column `fen` becomes the money column `amount`."""
    rows = pa.Table.from_pandas(frame.drop(columns="fen"), preserve_index=False)
    return rows.append_column("amount", money(frame["fen"].to_numpy(np.int64)))
