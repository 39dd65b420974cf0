"""Departments x reasons as one protected table: cells under ten are hidden, and whatever would give them away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Column, Table, column
from analysis.studies.hidden import plan_denials
from analysis.studies.report import Report
from analysis.vocabulary import codes, label

_MOST = 10
#: Stands for the departments shown in one row.
REST = "*rest"


@dataclass(frozen=True)
class ByReason:
    """`money`: departments (the last may be REST) x reasons; `first`: name of its first row; `no_reason`: reasons
    without a total; `hidden`: whether anything is."""

    table: Table
    money: pd.DataFrame
    first: str
    no_reason: pd.Series
    hidden: bool


def by_reason(report: Report, cells: pd.DataFrame, reasons: str, counted: str, sheet: str) -> ByReason:
    """The ten departments with most money, the others in one row, and the totals.

    Parameters
    ----------
    cells : department, reason, count, amount: one row a department x reason.
    reasons : list of the vocabulary that names the reasons.
    counted : heading of the counts.
    """
    every = crossed(cells, reasons, "count")
    gone, no_department, no_reason = plan_denials(every)
    counts, money, pooled = _pooled(every, crossed(cells, reasons, "amount"), no_department)
    names = _names(report, money.index, pooled)
    gone = gone.reindex(counts.index, fill_value=True) & (counts > 0)
    rows = _rows(report, counts, money, names, gone, no_reason, counted)
    kind = sum_kind(money.to_numpy().ravel())
    heads = [column("department", report.style)]
    for reason in money.columns:
        heads.append(Column(reason, report.style.with_unit(label(reasons, reason, report.language), kind), kind))
    heads += [column("total", report.style, kind), column(counted, report.style, "count")]
    table = Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}))
    return ByReason(table, money, names[0], no_reason, bool(gone.any(axis=None) or no_reason.any()))


def crossed(cells: pd.DataFrame, reasons: str, value: str) -> pd.DataFrame:
    """Departments x reasons in the order of the vocabulary."""
    wide = cells.pivot(index="department", columns="reason", values=value).fillna(0)
    return wide.reindex(columns=[reason for reason in codes(reasons) if reason in wide.columns])


def _rows(
    report: Report,
    counts: pd.DataFrame,
    money: pd.DataFrame,
    names: list[str],
    hidden: pd.DataFrame,
    no_reason: pd.Series,
    counted: str,
) -> pd.DataFrame:
    """One row a department with its total, and the totals of the reasons."""
    shown = np.where(counts.to_numpy() == 0, None, money.to_numpy().astype(object))
    cells = np.where(hidden.to_numpy(), HIDDEN, shown)
    rows = pd.DataFrame(cells, columns=money.columns, index=money.index, dtype=object)
    rows.insert(0, "department", names)
    rows["total"], rows[counted] = money.sum(axis=1), counts.sum(axis=1).astype(int)
    sums = money.sum().astype(object).mask(no_reason, HIDDEN).to_dict()
    whole = {"total": money.to_numpy().sum(), counted: int(counts.to_numpy().sum())}
    rows.loc["all"] = {"department": report.say("合计", "Total"), **sums, **whole}
    return rows


def _pooled(counts: pd.DataFrame, money: pd.DataFrame, hidden: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The ten departments with most money; the others, and those hidden, in one row; how many they are."""
    place = money.sum(axis=1).rank(ascending=False, method="first")
    few = hidden | (place > _MOST)
    keys = counts.index.where(~few, REST)
    order = list(money[~few].sum(axis=1).sort_values(ascending=False, kind="stable").index)
    order += [REST] if few.any() else []
    return counts.groupby(keys).sum().loc[order], money.groupby(keys).sum().loc[order], int(few.sum())


def _names(report: Report, codes_shown: pd.Index, pooled: int) -> list[str]:
    names = report.names("department")
    rest = report.say(f"其余 {pooled} 个科室", f"{pooled} other departments")
    return [rest if code == REST else names.get(code, code) for code in codes_shown]
