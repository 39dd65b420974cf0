"""What drugs and consumables cost more or less than last year, the price of it apart from the volume.

price effect = quantity now x (price now - price before), price = purchase cost / quantity; volume effect = the rest. An
item used in one of the two spans only has neither: it stands under new and dropped.
"""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import LIMIT, is_small
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty, sum_kind
from analysis.presentation.tables import Table
from analysis.studies.absent import absent
from analysis.studies.report import Report
from analysis.studies.wide import head

_MOST = 20
_SUMS = ["cost_before", "cost", "change", "price", "volume", "new_dropped"]


def price_and_volume(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with change, price, volume and new_dropped, which sum to the change to the fen.

    Parameters
    ----------
    rows : quantity, cost, quantity_before, cost_before of every item, in the currency.
    """
    now, then = rows["quantity"].to_numpy(float), rows["quantity_before"].to_numpy(float)
    cost, before = rows["cost"].to_numpy(float), rows["cost_before"].to_numpy(float)
    both = (now > 0) & (then > 0)
    change = np.round(cost - before, 2)
    old_price = np.divide(before, then, out=np.zeros(len(rows)), where=both)
    price = np.where(both, np.round(cost - now * old_price, 2), 0.0)
    volume = np.where(both, np.round(change - price, 2), 0.0)
    return rows.assign(change=change, price=price, volume=volume, new_dropped=np.where(both, 0.0, change))


def drugs_and_consumables(report: Report) -> Finding:
    """Drugs, consumables and the twenty dearest consumables against the same months of the year before."""
    question = report.say("药品和耗材的花费，是价格还是用量？", "Drugs and consumables: is it the price or the volume?")
    span, past = report.compared
    bounds = past.bounds if past else {"first": "", "last": ""}
    rows = report.sql("item_use", **span.bounds, before_first=bounds["first"], before_last=bounds["last"])
    if rows.empty:
        return absent(report, question, "charges by category")
    if past is None or not rows["cost_before"].any():
        return Finding(question, None, report.say("尚无上年同期可比。", "There is no year before to compare with."))
    rows = price_and_volume(rows)
    shown = _listed(report, rows)
    table = _table(report, shown)
    return Finding(question, table, _text(report, shown), _notes(report, rows, shown))


def _listed(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """Drugs, consumables, the dearest consumables that enough stays had, and the others in one row."""
    used = rows[rows["kind"] == "consumable"]
    named = _named(used)
    names = report.names("item")
    lines = [_sum(report.say("药品", "Drugs"), rows[rows["kind"] == "drug"])]
    lines.append(_sum(report.say("卫生材料", "Consumables"), used))
    lines += [_sum("　" + names.get(code, code), used[used["item_code"] == code]) for code in named["item_code"]]
    rest = used[~used["item_code"].isin(named["item_code"])]
    if len(rest):
        other = report.say(f"其余 {len(rest)} 种", f"{len(rest)} others")
        lines.append(_sum("　" + other, rest))
    listed = pd.DataFrame(lines)
    return listed.assign(new_dropped=listed["new_dropped"].where(listed["new_dropped"] != 0))


def _named(used: pd.DataFrame) -> pd.DataFrame:
    """The dearest consumables, none of fewer than ten stays; the others are at least two, of ten stays together."""
    few = used["stays"].map(is_small) | used["stays_before"].map(is_small)
    named = used[~few].head(_MOST)
    while len(named):
        rest = used[~used["item_code"].isin(named["item_code"])]
        safe = len(rest) == 0 or (len(rest) > 1 and rest[["stays", "stays_before"]].sum().min() >= LIMIT)
        if safe:
            break
        named = named.iloc[:-1]
    return named


def _sum(name: str, rows: pd.DataFrame) -> dict[str, object]:
    return {"item": name} | {column: round(float(rows[column].sum()), 2) for column in _SUMS}


def _table(report: Report, rows: pd.DataFrame) -> Table:
    kind = sum_kind(rows["cost"])
    heads = (
        head(report, "item", "项目", "Item"),
        head(report, "cost_before", "上年同期", "Year before", kind),
        head(report, "cost", "本期", "Now", kind),
        head(report, "change", "增减", "Change", kind),
        head(report, "price", "价格影响", "Price", kind),
        head(report, "volume", "用量影响", "Volume", kind),
        head(report, "new_dropped", "新增与停用", "New and dropped", kind),
    )
    sheet = report.say("价格与用量", "Price and volume")
    return Table(rows, heads, sheet, report.style, strong=frozenset({0, 1}))


def _text(report: Report, rows: pd.DataFrame) -> str:
    money, parts = report.style.money, []
    for row in rows.head(2).itertuples():
        change, price, volume, other = (
            money(0 if is_empty(value) else value, signed=True)
            for value in (row.change, row.price, row.volume, row.new_dropped)
        )
        parts.append(
            report.say(
                f"{row.item} {change}（价格 {price}，用量 {volume}，新增与停用 {other}）",
                f"{row.item} {change} (price {price}, volume {volume}, new and dropped {other})",
            )
        )
    return report.say("；".join(parts) + "。", "; ".join(parts) + ".")


def _notes(report: Report, rows: pd.DataFrame, shown: pd.DataFrame) -> tuple[str, ...]:
    (span, past), language = report.compared, report.language
    new = int(((rows["quantity_before"] <= 0) & (rows["quantity"] > 0)).sum())
    dropped = int(((rows["quantity"] <= 0) & (rows["quantity_before"] > 0)).sum())
    before = past.words(language) if past else ""
    return (
        report.say(
            f"{span.words(language)}，对照 {before}；住院患者所用，按采购价。价格影响 = 本期用量 ×（均价 − 上年均价），"
            f"用量影响为其余；新增 {new} 种、停用 {dropped} 种。使用不足 {LIMIT} 例的材料归入其余。",
            f"{span.words(language)} against {before}; what inpatients were given, at purchase price. Price = quantity "
            f"now × (mean price now − before), volume = the rest; {new} items new, {dropped} dropped. Consumables of "
            f"fewer than {LIMIT} stays are among the others.",
        ),
    )
