"""Page six of the committee's report: the five DRGs that lose most, why, what could be avoided, and who owns it."""

import numpy as np
import pandas as pd

from analysis.presentation.disclosure import HIDDEN, LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind, is_empty, sum_kind
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed
from analysis.studies.absent import COSTS, absent
from analysis.studies.cause_tree import POOLS, causes_among
from analysis.studies.cause_words import (
    cause_words,
    lower,
    main_department,
    owner_words,
    reference_words,
    settings_of,
)
from analysis.studies.drgs import drg_margins
from analysis.studies.report import Report
from analysis.studies.wide import head

_MOST, _CAUSES = 5, 3
#: Baselines in the order in which one is taken where a DRG was explained against several.
_BASELINES = ("standard_cost", "peers", "own_past", "standard")
#: Drivers that explain nothing that anybody could change.
_NO_DRIVER = ("payment", "mix", "rest", "cost")
_INDENT = "　"
#: Between the ends of an interval, so that no line breaks there.
_TO = "\u00a0~\u00a0"


def five_worst(report: Report) -> Finding:
    """The five costliest DRGs that lose by two costing methods: first causes, interval, avoidable, owner."""
    question = report.say("亏损最多的五个病组，钱花在哪里？", "The five worst DRGs: where does the money go?")
    rows = report.sql("causes_of")
    if rows.empty:
        return absent(report, question, COSTS)
    worst = _worst(report, rows)
    if worst.empty:
        text = report.say("没有两种成本方法一致判亏的病组。", "No DRG loses by two costing methods.")
        return Finding(question, None, text)
    blocks = [_block(report, rows, drg) for drg in worst.itertuples()]
    table = _table(report, pd.concat(blocks, ignore_index=True))
    return Finding(question, table, _text(report, blocks), _notes(report, rows, worst), alarm=True)


def _worst(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """DRGs that lose by two methods and have ten cases, the largest loss a month first."""
    whole = rows[(rows["view"] == "item") & (rows["level"] == 0) & (rows["cases"].fillna(0) >= LIMIT)]
    whole = whole.assign(place=whole["baseline"].map(_BASELINES.index)).sort_values(["drg_code", "place"])
    whole = whole.drop_duplicates("drg_code")
    margins = drg_margins(report)
    lost = margins.loc[margins["verdict"] == "loss", ["drg_code", "drg", "part"]]
    chosen = whole.merge(lost, on="drg_code")
    chosen = chosen[chosen["amount_total"] > 0]
    monthly = chosen["amount_total"] / chosen["months"].fillna(1)
    return chosen.assign(a_month=monthly).sort_values(["a_month", "drg_code"], ascending=[False, True]).head(_MOST)


def _block(report: Report, rows: pd.DataFrame, drg: tuple) -> pd.DataFrame:  # type: ignore[type-arg]
    """One DRG: its loss, its first causes that matter, and the driver that stands out."""
    own = rows[(rows["drg_code"] == drg.drg_code) & (rows["baseline"] == drg.baseline)]  # type: ignore[attr-defined]
    items, floor = causes_among(own, "item"), settings_of(report).floor
    first = items[(items["amount_total"] > 0) & ~items["thing"].isin(POOLS)].head(_CAUSES)
    first = pd.concat([first.head(1), first.iloc[1:][first.iloc[1:]["amount_total"] >= floor]])
    if not (first["preventable"] > 0).any():
        first = pd.concat([first, items[items["preventable"] >= floor].nlargest(1, "preventable")])
    named = [
        _cause_row(report, row, drg, floor, kind)
        for kind, causes in (("item", first), ("driver", _standing_out(rows, drg, floor)))
        for _, row in causes.iterrows()
    ]
    return pd.DataFrame([_drg_row(report, drg, float(items["preventable"].sum())), *named])


def _standing_out(rows: pd.DataFrame, drg: tuple, floor: float) -> pd.DataFrame:  # type: ignore[type-arg]
    """The driver that stands out beside the DRG's baseline; where none does, all its waiting, if that stands out."""
    of = rows[rows["drg_code"] == drg.drg_code]  # type: ignore[attr-defined]
    beside = _driver(of[of["baseline"] == drg.baseline], floor)  # type: ignore[attr-defined]
    if len(beside) or drg.baseline == "standard":  # type: ignore[attr-defined]
        return beside
    whole = _driver(of[of["baseline"] == "standard"], floor)
    return whole[whole["thing"].str.startswith("stay")] if len(whole) else whole


def _driver(own: pd.DataFrame, floor: float) -> pd.DataFrame:
    """The driver that adds most, where its interval leaves nought out and it matters; else no row."""
    own = own[own["reliability"].isna() | (own["view"] == "item")]
    drivers = causes_among(own, "driver")
    if drivers.empty:
        return drivers
    clear = (drivers["ci_low"] > 0) & (drivers["amount_total"] >= floor)
    return drivers[clear & ~drivers["thing"].isin(_NO_DRIVER)].head(1)


def _drg_row(report: Report, drg: tuple, preventable: float) -> dict[str, object]:  # type: ignore[type-arg]
    """The loss of a DRG; hidden where its sum would give a small group away."""
    hide = bool(drg.part)  # type: ignore[attr-defined]
    row = drg._asdict()  # type: ignore[attr-defined]
    money = {name: HIDDEN if hide else row[name] for name in ("amount_per_case", "amount_total", "ci_low", "ci_high")}
    months = 1 if is_empty(row["months"]) else int(row["months"])
    name = row["drg"]
    if months > 1:
        name += report.say(f"（{months} 个月）", f" ({months} months)")
    name += " †" if hide else ""
    return {"what": name, "kind": "drg", **money, "preventable": preventable, "owned": "", "called": None, "thing": ""}


def _cause_row(report: Report, row: pd.Series, drg: tuple, floor: float, kind: str) -> dict[str, object]:  # type: ignore[type-arg]
    name = cause_words(report, row, drg.baseline)  # type: ignore[attr-defined]
    if kind == "driver":
        name = report.say(f"动因：{name}", f"Driver: {lower(name)}")
    money = {name: row[name] for name in ("amount_per_case", "amount_total", "ci_low", "ci_high", "preventable")}
    called = bool(row["called"]) and abs(float(row["amount_total"])) >= floor
    owner = owner_words(report, row["owner"], main_department(report, drg.drg_code))  # type: ignore[attr-defined]
    if row["thing"] == "payment" and drg.baseline in ("own_past", "peers"):  # type: ignore[attr-defined]
        owner = ""  # what it has always cost is nobody's rate
    told = {"what": _INDENT + name, "kind": kind, "thing": row["thing"], "owned": owner, "called": called}
    if drg.part:  # type: ignore[attr-defined]
        money["amount_per_case"] = HIDDEN
    return told | money


def _table(report: Report, rows: pd.DataFrame) -> Table:
    kind: Kind = sum_kind(rows["amount_total"])
    write = report.style.write
    rows["interval"] = [
        "" if is_empty(low) or isinstance(low, str) else f"{write(low, kind)}{_TO}{write(high, kind)}"
        for low, high in zip(rows["ci_low"], rows["ci_high"], strict=True)
    ]
    rows["certain"] = ["" if value is None else "✓" if value else "–" for value in rows["called"]]
    nothing = [write(value, kind).strip("0.") == "" for value in rows["preventable"]]
    rows["preventable"] = rows["preventable"].astype(object).mask(nothing, None)
    heads = (
        head(report, "what", "病组与原因", "DRG and cause"),
        head(report, "amount_per_case", "例均", "Per case", "money"),
        head(report, "amount_total", "合计", "In all", kind),
        head(report, "interval", "95% 区间", "95 % interval", "text_right"),
        head(report, "certain", "认定", "Certain"),
        head(report, "preventable", "可避免", "Avoidable", kind),
        head(report, "owned", "责任方", "Owner"),
    )
    strong = frozenset(np.flatnonzero(rows["kind"] == "drg").tolist())
    return Table(rows, heads, report.say("五个亏损病组", "Five worst"), report.style, strong=strong)


def _text(report: Report, blocks: list[pd.DataFrame]) -> str:
    """First cause of every DRG, what is avoidable in all, and whose it is."""
    every = pd.concat(blocks)
    zh, en = _firsts(report, blocks)
    money = report.style.money
    avoidable = float(every.loc[every["kind"] == "drg", "preventable"].sum())
    owned = every[(every["kind"] == "item") & (every["preventable"].astype(float) > 0)]
    owners = owned.groupby("owned")["preventable"].sum().astype(float).sort_values(ascending=False, kind="stable")
    if avoidable > 0:
        zh, en = f"{zh}。以上病例可避免 {money(avoidable)}", f"{en}. Avoidable in these cases: {money(avoidable)}"
    if len(owners):
        zh = f"{zh}，主要由{listed(list(owners.index[:2]), 'zh')}负责"
        en = f"{en}, mostly with {listed(list(owners.index[:2]), 'en')}"
    return report.say(zh + "。", en + ".")


def _firsts(report: Report, blocks: list[pd.DataFrame]) -> tuple[str, str]:
    """The first causes: those of payment together, the others one by one."""
    money, named, unpaid = report.style.money, [], []
    for block in blocks:
        causes, code = block[block["kind"] == "item"], str(block["what"].iloc[0]).split(" ")[0]
        if len(causes) and causes["thing"].iloc[0] == "payment":
            unpaid.append(code)
        elif len(causes):
            name = str(causes["what"].iloc[0]).strip(_INDENT)
            named.append(f"{code} {lower(name)} {money(float(causes['amount_total'].iloc[0]))}")
    zh = [f"{'、'.join(unpaid)}：支付低于基准成本"] if unpaid else []
    en = [f"{listed(unpaid, 'en', 5)}: paid less than the reference costs"] if unpaid else []
    return f"首要原因：{'；'.join(named + zh)}", f"First causes: {'; '.join(named + en)}"


def _notes(report: Report, rows: pd.DataFrame, worst: pd.DataFrame) -> tuple[str, ...]:
    months = sorted({int(value) for value in worst["months"].dropna()})
    zh = "、".join("本月" if month == 1 else f"近 {month} 个月" for month in months)
    en = " or ".join("this month" if month == 1 else f"the last {month} months" for month in months)
    against = [reference_words(report, name) for name in _BASELINES if (worst["baseline"] == name).any()]
    floor = report.style.money(settings_of(report).floor)
    first = report.say(
        f"两种成本方法一致判亏的病组，按月均亏损排列；{zh}的病例（单月不足时多月合计），与{listed(against, 'zh')}比较；"
        f"第一项以后的原因不低于 {floor}才列出。",
        f"DRGs that lose by two costing methods, by loss a month; cases of {en} (months together where one holds few), "
        f"compared with {listed([lower(name) for name in against], 'en')}; causes after the first from {floor} on.",
    )
    second = report.say(
        "原因按项目列前三项（合并的小项与闲置产能除外）；“动因”是对同一亏损的另一种看法，与上列原因不可相加。区间为聚类自助法；"
        "✓ = 可认定（多重检验后误报不超过 5%），– = 或属偶然。指征外进口品的可避免额与基准无关，可能大于该原因的金额。",
        "First three causes by item (without small items taken together, and idle capacity); the driver is another "
        "view of the same loss and never to be added to them. Intervals: cluster bootstrap; ✓ = at most 5 % false "
        "alarms over all DRGs, – = may be chance. What imports outside the indications make avoidable does not hang "
        "on the reference and may be more than the cause's money.",
    )
    if not worst["part"].any():
        return (first, second)
    hidden = report.say(
        f"† 总额与例均不列示：与“哪些病组亏损最多”相减，会得出不足 {LIMIT} 例的科室。",
        f"† Sums and means hidden: less those of the DRGs' own section they would tell groups of fewer than {LIMIT}.",
    )
    return (first, second, hidden)
