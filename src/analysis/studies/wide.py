"""Tables as wide as the norm prints them: one column a cost item, and their total."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.presentation.numbers import Kind, is_empty
from analysis.presentation.tables import Column
from analysis.studies.report import Report
from analysis.vocabulary import codes, label

#: The seven cost items, in the norm's order.
ITEMS = tuple(codes("cost_item"))
_HUGE = 1e8


def head(report: Report, name: str, zh: str, en: str, kind: Kind = "text", on_page: bool = True) -> Column:
    """A column whose heading is said here, with its unit; `on_page` False keeps it to the workbook."""
    return Column(name, report.style.with_unit(report.say(zh, en), kind), kind, on_page)


def interval_heads(report: Report, kind: Kind, low: str = "ci_low", high: str = "ci_high") -> tuple[Column, Column]:
    """Columns of the ends of a 95 % interval."""
    return head(report, low, "95% 下限", "95 % from", kind), head(report, high, "95% 上限", "95 % to", kind)


def table_money(values: Iterable[Any]) -> Kind:
    """How accounts are printed: in the currency to the unit, as the norm's forms; huge ones in the large unit."""
    known = [abs(float(value)) for value in values if not is_empty(value)]
    return "money_large" if max(known, default=0.0) >= _HUGE else "money"


def item_heads(
    report: Report,
    kind: Kind,
    end: str = "",
    words: tuple[str, str] = ("", ""),
    items: Sequence[str] = ITEMS,
    on_page: bool = True,
) -> list[Column]:
    """Headings of the columns ITEM + `end`; `words` (zh, en) stand behind the item's name."""
    zh, en = words
    made = []
    for item in items:
        texts = [label("cost_item", item, language) for language in ("zh", "en")]
        made.append(head(report, item + end, texts[0] + zh, f"{texts[1]} {en}".strip(), kind, on_page))
    return made


def wide(rows: pd.DataFrame, keys: Sequence[str], value: str = "amount", end: str = "") -> pd.DataFrame:
    """Long rows (keys, cost_item, value) as one row a key: the seven items, and their sum in column `total`.

    Parameters
    ----------
    end : what the names of the columns end with.

    Returns
    -------
    Frame with the keys as columns; an item that has no row is 0.
    """
    keys = list(keys)
    made = rows.groupby([*keys, "cost_item"])[value].sum().unstack("cost_item").reindex(columns=list(ITEMS))
    made = made.fillna(0.0)
    made["total"] = made.sum(axis=1)
    return made.round(2).add_suffix(end).reset_index()
