"""What drugs and consumables cost more or less than last year: price, quantity, and one item instead of another.

price effect = quantity now x (price now - price before), price = purchase cost / quantity. What is left is quantity; of
items that can replace one another (a substitution group) it is parted: quantity effect = (quantity of the group now -
before) x its mean price before, substitution = the rest. An item used in one of the two spans only has no price effect:
in a group used in both it is substitution, else it stands under new and dropped.
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
_SUMS = ["cost_before", "cost", "change", "price", "volume", "substitution", "new_dropped"]


def price_and_volume(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with change, price, volume, substitution and new_dropped, which sum to the change to the fen.

    Parameters
    ----------
    rows : kind, substitution_group (may be empty), quantity, cost, quantity_before, cost_before of every item, in the
        currency. Of a group's quantity effect each item bears its part by cost before.
    """
    now, then = rows["quantity"].to_numpy(float), rows["quantity_before"].to_numpy(float)
    cost, before = rows["cost"].to_numpy(float), rows["cost_before"].to_numpy(float)
    both = (now > 0) & (then > 0)
    change = np.round(cost - before, 2)
    old_price = np.divide(before, then, out=np.zeros(len(rows)), where=both)
    price = np.where(both, np.round(cost - now * old_price, 2), 0.0)
    ratio, joint = _group_growth(rows)
    rest = np.round(change - price, 2)
    volume = np.where(joint, np.round(before * (ratio - 1), 2), np.where(both, rest, 0.0))
    substitution = np.where(joint, np.round(rest - volume, 2), 0.0)
    parts = {"change": change, "price": price, "volume": volume, "substitution": substitution}
    return rows.assign(**parts, new_dropped=np.where(both | joint, 0.0, change))


def _group_growth(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Quantity now / before of every item's group, and whether it has a group that was used in both spans."""
    groups = rows.groupby(["kind", "substitution_group"])
    now, then = (groups[name].transform("sum").to_numpy(float) for name in ("quantity", "quantity_before"))
    joint = (now > 0) & (then > 0)
    return np.divide(now, then, out=np.ones(len(rows)), where=joint), joint


def drugs_and_consumables(report: Report) -> Finding:
    """Drugs, consumables and the twenty dearest consumables against the same months of the year before."""
    question = report.say(
        "药品和耗材的花费变了：价格、用量还是替代？", "Drugs and consumables: is it price, quantity or substitution?"
    )
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
    return listed.assign(**{name: listed[name].where(listed[name] != 0) for name in ("substitution", "new_dropped")})


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
        head(report, "volume", "用量影响", "Quantity", kind),
        head(report, "substitution", "替代影响", "Substitution", kind),
        head(report, "new_dropped", "新增与停用", "New and dropped", kind),
    )
    sheet = report.say("价格与用量", "Price and volume")
    return Table(rows, heads, sheet, report.style, strong=frozenset({0, 1}))


def _text(report: Report, rows: pd.DataFrame) -> str:
    money, parts = report.style.money, []
    for row in rows.head(2).itertuples():
        change, price, volume, instead, other = (
            money(0 if is_empty(value) else value, signed=True)
            for value in (row.change, row.price, row.volume, row.substitution, row.new_dropped)
        )
        parts.append(
            report.say(
                f"{row.item} {change}（价格 {price}，用量 {volume}，替代 {instead}，新增与停用 {other}）",
                f"{row.item} {change} (price {price}, quantity {volume}, substitution {instead}, new and "
                f"dropped {other})",
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
            f"其余为用量影响；可互相替代的品种另分：用量影响 =（全组用量 − 上年）× 全组上年均价，其余为替代影响。"
            f"新增 {new} 种、停用 {dropped} 种。使用不足 {LIMIT} 例的材料归入其余。",
            f"{span.words(language)} against {before}; what inpatients were given, at purchase price. Price = quantity "
            "now × (mean price now − before), quantity = the rest; of items that replace one another, quantity = (the "
            "group's now − before) × its mean price before, substitution = what is left. "
            f"{new} items new, {dropped} dropped. Consumables of fewer than {LIMIT} stays are among the others.",
        ),
    )
