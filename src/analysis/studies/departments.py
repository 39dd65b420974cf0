"""Which departments cost more than a year ago, and which earn their cost?"""

from dataclasses import replace

import pandas as pd

from analysis.presentation.bars import dumbbells, ranked_bars
from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, note, protect
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty
from analysis.presentation.tables import Chart, Table, columns
from analysis.presentation.wording import listed, plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.chance import log_error, ratio_beyond_chance
from analysis.studies.hidden import hidden_departments
from analysis.studies.report import Report, Span
from analysis.studies.verdicts import called, make_other_costs, methods_said, range_said

#: A cost per weight unit has risen from here on, where that is beyond chance.
_RISEN = 0.03
_MONEY = ["income", "case_cost", "margin", "contribution"]


def reported_departments(report: Report) -> list[str]:
    """Departments shown over the last twelve months, in the order of their codes.

    Left out are those with fewer than ten discharges, and those whose page would give these away.
    """
    rows = report.sql("department_margins", **report.twelve.bounds)
    hidden = hidden_departments(report, report.twelve)
    return [department for department in rows["department"] if department not in hidden]


def cost_per_weight(report: Report) -> Finding:
    """Cost per weight unit of every department against its own year before and the regional cost of its cases."""
    question = report.say("哪些科室的单位权重成本上升了？", "Which departments' cost per weight unit has risen?")
    span, before = report.compared
    rows = _margins(report, span)
    rows = rows[rows["weight"].gt(0)]
    if rows.empty:
        return absent(report, question, COSTS, "departments")
    past = _margins(report, before) if before else rows.iloc[:0]
    rows["per_weight"] = rows["graded_cost"] / rows["weight"]
    past = past[past["cases"] >= LIMIT].reindex(rows.index)
    rows["per_weight_before"] = (past["graded_cost"] / past["weight"]).astype(float)
    rows["change"] = rows["per_weight"] / rows["per_weight_before"] - 1
    rows["beyond"] = _beyond_chance(rows, past)
    rows = rows.sort_values(["change", "per_weight"], ascending=False, na_position="last", kind="stable")
    derived = ["per_weight", "per_weight_before", "change", "peer_per_weight", "beyond"]
    safe = protect(rows, "cases", derived, hidden=rows.index.isin(hidden_departments(report, span)).tolist())
    risen = [
        i
        for i, (value, beyond) in enumerate(zip(safe["change"], safe["beyond"], strict=True))
        if _number(value) and value >= _RISEN and beyond == 1
    ]
    specs = [("department", "text"), ("cases", "count"), ("per_weight", "money"), ("per_weight_before", "money")]
    specs += [("change", "change"), ("peer_per_weight", "money")]
    gone = {name for name in ("per_weight_before", "change", "peer_per_weight") if rows[name].isna().all()}
    table = Table(
        safe,
        columns(report.style, *[spec for spec in specs if spec[0] not in gone], heads=report.heads),  # type: ignore[arg-type]
        report.say("科室单位权重成本", "Cost per weight unit"),
        report.style,
        alarm=frozenset((i, "change") for i in risen),
        chart=Chart("bar", "department", ("per_weight",)),
    )
    figure = _dots(report, safe, risen)
    text = _risen_text(report, safe, risen)
    return Finding(question, table, text, _notes(report, safe, before), figure, bool(risen), listed=False)


def department_margins(report: Report) -> Finding:
    """Direct, contribution and full margin of every department beside its cost per weight unit, over twelve months."""
    question = report.say("哪些科室的收入抵得上成本？", "Which departments earn their cost?")
    rows = _margins(report, report.twelve)
    rows = rows[rows["margin"].notna()]
    if rows.empty:
        return absent(report, question, COSTS, "departments")
    rows = _beside(report, rows).sort_values("margin", kind="stable")
    derived = ["direct_cost", "direct_margin", "margin_rate", "per_weight", "change", "to_peers", *_MONEY]
    derived += ["margin_second", "full_cost"]
    safe = protect(rows, "cases", derived, hidden=rows.index.isin(hidden_departments(report, report.twelve)).tolist())
    specs = [("department", "text"), ("cases", "count"), ("per_weight", "money"), ("change", "change")]
    specs += [("to_peers", "change"), ("income", "money_large"), ("direct_margin", "money_large")]
    specs += [("contribution", "money_large"), ("margin", "money_large"), ("margin_rate", "percent1")]
    specs += [("verdict", "mark")]
    in_workbook = [("case_cost", "money_large"), ("direct_cost", "money_large")]
    gone = {name for name, _ in [*specs, *in_workbook] if rows[name].isna().all()}
    safe["verdict"] = rows["verdict"].where([_number(value) for value in safe["margin"]], "none")
    losing = [i for i, verdict in enumerate(safe["verdict"]) if verdict == "loss"]
    heads = columns(report.style, *[s for s in specs if s[0] not in gone], heads=report.heads)  # type: ignore[arg-type]
    more = columns(report.style, *[s for s in in_workbook if s[0] not in gone])  # type: ignore[arg-type]
    table = Table(
        safe,
        heads + tuple(replace(one, on_page=False) for one in more),
        report.say("科室盈亏", "Departments"),
        report.style,
        alarm=frozenset((i, name) for i in losing for name in ("margin", "margin_rate")),
        chart=Chart("bar", "department", ("margin",)),
    )
    text = _margin_text(report, safe, _total(rows, safe))
    return Finding(question, table, text, _margin_notes(report, safe), alarm=bool(losing))


def _beside(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their cost per weight unit against last year and peers, and their margin before allocated cost.

    direct_margin: income - the direct part of the cases' cost (department_methods.sql), where this ties to their cost.
    verdict: by the cases' costing method and a second one.
    """
    make_other_costs(report)
    methods = report.sql("department_methods", **report.twelve.bounds, method=report.case_method)
    rows = rows.join(methods.set_index("department"), how="left")
    rows["direct_cost"] = rows["direct_cost"].where((rows["full_cost"] - rows["case_cost"]).abs() < 1)
    rows["direct_margin"] = (rows["income"] - rows["direct_cost"]).astype(float)
    rows["verdict"] = [called(row.margin, row.margin_second) for row in rows.itertuples()]
    rows["margin_rate"] = rows["margin"] / rows["income"].where(rows["income"] > 0)
    rows["per_weight"] = rows["graded_cost"] / rows["weight"].where(rows["weight"] > 0)
    rows["to_peers"] = (rows["per_weight"] / rows["peer_per_weight"] - 1).astype(float)
    span, before = report.compared
    past = _margins(report, before) if before and span == report.twelve else rows.iloc[:0]
    past = past[past["cases"] >= LIMIT].reindex(rows.index)
    rows["change"] = (rows["per_weight"] / (past["graded_cost"] / past["weight"]) - 1).astype(float)
    return rows


def _margins(report: Report, span: Span) -> pd.DataFrame:
    rows = report.sql("department_margins", **span.bounds)
    rows.index = pd.Index(rows["department"], name="code")
    return rows.assign(department=report.named("department", rows["department"]))


def _beyond_chance(rows: pd.DataFrame, past: pd.DataFrame) -> list[int]:
    """1 where a department's cost per weight unit rose beyond chance against its past, -1 where it fell, else 0."""
    names = ["graded", "graded_cost", "weight", "costs_2", "cost_weights", "weights_2"]
    errors = [[log_error(*row) for row in frame[names].itertuples(index=False)] for frame in (rows, past)]
    return [
        ratio_beyond_chance(*values)
        for values in zip(rows["per_weight"], errors[0], rows["per_weight_before"], errors[1], strict=True)
    ]


def _number(value: object) -> bool:
    return not isinstance(value, str) and not is_empty(value)


def _dots(report: Report, rows: pd.DataFrame, risen: list[int]) -> str:
    marked = rows.assign(risen=[i in risen for i in range(len(rows))])
    shown = marked[[_number(value) for value in marked["per_weight"]]]
    then = [value if _number(value) else None for value in shown["per_weight_before"]]
    names = (report.say("上年同期", "year before"), report.say("本期", "now"))
    bad = shown["risen"].tolist()
    if all(value is None for value in then):
        ordered = shown.sort_values("per_weight", ascending=False, kind="stable")
        return ranked_bars(ordered["department"].tolist(), ordered["per_weight"].tolist(), report.style, "money")
    return dumbbells(
        shown["department"].tolist(), then, shown["per_weight"].tolist(), report.style, "money", names, bad
    )


def _risen_text(report: Report, rows: pd.DataFrame, risen: list[int]) -> str:
    known = sum(_number(value) for value in rows["change"])
    if not known:
        return report.say("尚无上年同期可比。", "There is no year before to compare with.")
    if not risen:
        return report.say(
            f"{known} 个科室均未比上年同期高出 3% 且超出偶然波动。",
            f"None of {plural(known, 'department')} stands 3 % above the year before beyond chance.",
        )
    words = [f"{rows['department'].iloc[i]} {report.style.write(rows['change'].iloc[i], 'change')}" for i in risen]
    which = listed(words, report.language, 4, "个")
    return report.say(
        f"{known} 个科室中 {len(risen)} 个比上年同期高出 3% 以上且超出偶然波动：{which}。",
        f"{len(risen)} of {plural(known, 'department')} 3 % or more above the year before, beyond chance: {which}.",
    )


def _notes(report: Report, rows: pd.DataFrame, before: Span | None) -> tuple[str, ...]:
    span, language = report.compared[0], report.language
    past = report.say(f"，对照 {before.words(language)}", f" against {before.words(language)}") if before else ""
    basis = report.say(
        f"{span.words(language)}{past}；红色为高出 3% 以上且超出偶然波动（按病例间差异，双侧 5%）。"
        "单位权重成本 = 出院病例全成本 / 权重；同行为同样病例按区域例均成本计算的数值。",
        f"{span.words(language)}{past}; red: 3 % or more above, beyond chance (by the spread between cases, two-sided "
        "5 %). Cost per weight unit = full cost of cases / weight; peers: what the same cases cost at the regional "
        "means.",
    )
    return (basis, *note(_any_hidden(rows), language))


def _any_hidden(rows: pd.DataFrame) -> bool:
    return bool(rows["cases"].map(lambda value: value in (SMALL, HIDDEN)).any())


def _total(rows: pd.DataFrame, safe: pd.DataFrame) -> float | None:
    """Margin of all departments; None where it would give a hidden one away."""
    hidden = rows[[not _number(value) for value in safe["margin"]]]
    if len(hidden) and (len(hidden) < 2 or hidden["cases"].sum() < LIMIT):
        return None
    return float(rows["margin"].sum())


def _margin_text(report: Report, rows: pd.DataFrame, total: float | None) -> str:
    known = rows[[_number(value) for value in rows["margin"]]]
    if known.empty:
        return report.say(
            f"各科室均不足 {LIMIT} 例，不列示。", f"Every department has fewer than {LIMIT} cases: none is shown."
        )
    whose = report.say("全部科室", "all departments") if total is not None else report.say("所列科室", "those listed")
    money = report.style.money(known["margin"].sum() if total is None else total, signed=True)
    over, unsure = known[known["verdict"].isin(["loss", "above"])], int((known["verdict"] == "unsure").sum())
    count, zh, en = plural(len(known), "department"), "", ""
    if unsure:
        zh, en = f"；另有 {unsure} 个两法不一", f"; for {unsure} more the two methods differ"
    if over.empty:
        which, none = f"{len(known)} 个科室的收入均高于成本", f"Income is above cost in each of {count}"
        if unsure:
            which = f"{len(known)} 个科室中没有两法均亏的，{unsure} 个两法不一"
            none = f"None of {count} costs more than its income by both methods, for {unsure} they differ"
        return report.say(f"{which}；{whose}合计 {money}。", f"{none}; {whose} {money}.")
    words = [f"{row.department} {report.style.money(row.margin, signed=True)}" for row in over.itertuples()]
    which = listed(words, report.language, 3, "个")
    if (over["verdict"] == "above").all():
        lost = report.style.money(-over["margin"].sum())
        return report.say(
            f"{len(known)} 个科室中 {len(over)} 个成本高于收入，共 {lost}：{which}；{whose}合计 {money}。",
            f"Cost is above income in {len(over)} of {count}, by {lost}: {which}; {whose} {money}.",
        )
    lost = range_said(report, -over["margin"].sum(), -over["margin_second"].sum())
    return report.say(
        f"{len(known)} 个科室中 {len(over)} 个两法均亏，共 {lost}：{which}{zh}；{whose}合计 {money}。",
        f"{len(over)} of {count} {'loses' if len(over) == 1 else 'lose together'} {lost} by the two methods: {which}"
        f"{en}; {whose} {money}.",
    )


def _margin_notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words, (one, two) = report.twelve.words(report.language), methods_said(report)
    zh = "，按出院病例计；成本盈亏 = DRG 收入 − 全成本"
    en = ", discharged cases; margin = income − full cost"
    if two:
        zh += f"；{one}与{two}同为负才称亏损，金额按{one}。"
        en += f"; called a loss only where {one} and {two} agree; amounts by {one}."
    else:
        zh += "（一种成本方法，不据以认定亏损）。"
        en += " (one costing method: nothing is called a loss by it)."
    notes = [words + report.say(zh, en)]
    if any(_number(value) for value in rows["direct_margin"]):
        notes.append(_direct_note(report))
    return (*notes, *note(_any_hidden(rows), report.language))


def _direct_note(report: Report) -> str:
    """How the direct margin is computed under the cases' costing method."""
    zh, en = ("临床科室住院成本", "the clinical centre's inpatient cost")
    if report.case_method != "top_down":
        zh, en = ("提供服务的成本中心", "the performing centre's cost")
    return report.say(
        f"直接盈亏 = 收入 − 直接成本；直接成本 = 病例各项成本 × {zh}当月该项的直接部分占比，逐成本中心、逐项计算。"
        "边际贡献 = 收入 − 变动成本。",
        f"Direct margin = income − direct cost: each cost item of the cases x its direct share in {en} of the month, "
        "centre by centre. Contribution = income − variable cost.",
    )
