"""Compliance for the committee: money found, confirmed and suspected, by department; rules, their age and precision."""

import pandas as pd

from analysis.audit.precision import wilson
from analysis.presentation.disclosure import HIDDEN, LIMIT, SMALL, hidden_cells, note, protect
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import sum_kind
from analysis.presentation.tables import Chart, Table, columns
from analysis.presentation.wording import listed
from analysis.studies.absent import absent
from analysis.studies.by_reason import REST, ByReason, by_reason
from analysis.studies.finding_book import STATES, finding_book, rule_titles
from analysis.studies.report import Report
from analysis.vocabulary import label

#: Days after which an open case is called old.
_OLD = 90
#: Stands for the rules whose findings are weak evidence.
_WEAK = "*weak"


def compliance(report: Report) -> Finding:
    """Money of the findings of the last twelve months, departments x nature, and how much of it is confirmed.

    Repeat tests within the minimum interval are weak evidence and stand apart, as one sentence.
    """
    question = report.say("违规金额有多少，在哪些科室？", "How much money is not compliant, and in which departments?")
    every = finding_book(report)
    if every.empty:
        return absent(report, question, "findings")
    book = every[~every["weak"]]
    if len(book) < LIMIT:
        return _too_few(report, question)
    by = book.groupby(["department", "nature"])["amount"].agg(["size", "sum"]).reset_index()
    cells = by.set_axis(["department", "reason", "count", "amount"], axis=1)
    made = by_reason(report, cells, "finding_nature", "finding_count", report.say("违规", "Compliance"))
    late = (book["state"].str.startswith("open") & book["age_days"].gt(_OLD)).sum() > 0
    text = _text(report, book, made) + _weak_text(report, every)
    return Finding(question, made.table, text, _notes(report, made.hidden), alarm=bool(late))


def findings_by_rule(report: Report, department: str = "") -> Finding:
    """What became of the findings of each rule: confirmed, explained, open; how old; how often the rule was right."""
    question = report.say("各规则查出的问题处理到哪一步？", "How far has what each rule found been dealt with?")
    if department:
        question = report.say("本科室有哪些违规发现？", "What has been found in the department?")
    book = finding_book(report, department)
    if book.empty:
        return absent(report, question, "findings")
    rows = _rules(report, book)
    safe, hidden = _protected(rows)
    kind = sum_kind(rows["at_risk"])
    specs = [("rule", "text"), ("finding_count", "count"), ("at_risk", kind), *((state, "count") for state in STATES)]
    specs += [("precision", "text_right")] if rows["precision"].ne("").any() else []
    specs.append(("oldest", "count"))
    chart = Chart("bar", "rule", ("at_risk",))
    heads = columns(report.style, *specs)  # type: ignore[arg-type]
    table = Table(safe, heads, report.say("规则", "Rules"), report.style, chart=chart)
    return Finding(question, table, _rules_text(report, book), _rules_notes(report, hidden))


def _protected(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Rules under ten findings without figures; states under ten, and what would give them away, hidden."""
    states = list(STATES)
    safe = protect(rows, "finding_count", ["at_risk", *states, "precision", "oldest"])
    gone = hidden_cells(rows[states].to_numpy(), columns=False)
    safe[states] = safe[states].astype(object).mask(gone, HIDDEN)
    safe["precision"] = safe["precision"].mask(gone.any(axis=1), HIDDEN)
    return safe, bool((safe.astype(object) == HIDDEN).any(axis=None) or (safe == SMALL).any(axis=None))


def _rules(report: Report, book: pd.DataFrame) -> pd.DataFrame:
    """One row a rule, most money first; those under ten findings together, and weak evidence as the last row."""
    titles = rule_titles(report)
    strong = book[~book["weak"]]
    sizes = strong["rule_id"].map(strong["rule_id"].value_counts())
    few = strong.loc[sizes < LIMIT, "rule_id"].nunique()
    groups = strong["rule_id"].where((sizes >= LIMIT) | (few == 1), REST).reindex(book.index, fill_value=_WEAK)
    names = {
        REST: report.say(f"其余 {few} 条规则（各不足 {LIMIT} 条）", f"{few} other rules (under {LIMIT} findings each)"),
        _WEAK: report.say(
            "最短间隔内重复检验（弱证据，另计）", "Repeat tests within the minimum interval (weak evidence, apart)"
        ),
    }
    rows = [
        _rule(names.get(rule, titles.get(rule, rule)), part)
        | {"last": [REST, _WEAK].index(rule) if rule in names else -1}
        for rule, part in book.groupby(groups)
    ]
    order = {"last": True, "at_risk": False, "rule": True}
    rows = pd.DataFrame(rows).sort_values(list(order), ascending=list(order.values()), kind="stable", ignore_index=True)
    return rows.drop(columns="last")


def _rule(name: str, part: pd.DataFrame) -> dict[str, object]:
    """What became of the findings of a rule (or of several)."""
    counts = part["state"].value_counts()
    answered, agreed = int(part["status"].ne("open").sum()), int(counts.get("confirmed", 0))
    low, high = wilson(agreed, answered)
    still = part.loc[part["status"].eq("open"), "age_days"]
    return {
        "rule": name, "finding_count": len(part), "at_risk": part["amount"].sum(),
        **{state: int(counts.get(state, 0)) for state in STATES},
        "precision": f"{agreed / answered:.0%} ({low:.0%}–{high:.0%})" if answered else "",
        "oldest": still.max() if len(still) else None,
    }  # fmt: skip


def _text(report: Report, book: pd.DataFrame, made: ByReason) -> str:
    """The money by state, where each state has ten cases; the department with most."""
    total = report.style.money(book["amount"].sum())
    by = book.groupby("state")["amount"].agg(["size", "sum"])
    small = by["size"].lt(LIMIT).any()
    parts = (
        []
        if small
        else [
            f"{_STATE[state][report.language]} {report.style.money(by.loc[state, 'sum'])}"
            for state in STATES
            if state in by.index
        ]
    )
    zh, en = f"{report.lately}查出 {len(book):,} 条、{total}", f"{len(book):,} findings, {total} {report.lately}"
    if parts:
        zh, en = f"{zh}：{'，'.join(parts)}", f"{en}: {listed(parts, 'en')}"
    if made.money.index[0] != REST:
        share = report.style.write(made.money.iloc[0].sum() / book["amount"].sum(), "percent1")
        zh, en = f"{zh}；最多的是{made.first}，占 {share}", f"{en}; most in {made.first} ({share})"
    return report.say(zh + "。", en + ".")


_STATE: dict[str, dict[str, str]] = {
    "confirmed": {"zh": "科室已确认", "en": "confirmed"},
    "open_violation": {"zh": "明确违规待处理", "en": "clear violations open"},
    "open_suspicious": {"zh": "可疑待核查", "en": "suspected and open"},
    "explained": {"zh": "科室已说明", "en": "explained"},
}


def _weak_text(report: Report, every: pd.DataFrame) -> str:
    """How many repeat tests within the minimum interval stand apart; nothing where there are none."""
    weak = every[every["weak"]]
    if weak.empty:
        return ""
    count = _few(len(weak))
    money = report.style.money(weak["amount"].sum())
    zh, en = ("", "") if len(weak) < LIMIT else (f"、{money}", f", {money}")
    return report.say(
        f"最短间隔内重复检验 {count} 条{zh}是弱证据，另计。",
        f" Apart from these, {count} repeat tests within the minimum interval{en}: weak evidence.",
    )


def _rules_text(report: Report, every: pd.DataFrame) -> str:
    book = every[~every["weak"]]
    still = book[book["status"] == "open"]
    ages = [(0, 30), (31, _OLD), (_OLD + 1, 10**6)]
    counts = [int(still["age_days"].between(low, high).sum()) for low, high in ages]
    rules = book["rule_id"].nunique()
    zh = f"{rules} 条规则查出 {len(book):,} 条，待答复 {_few(len(still))} 条"
    en = f"{len(book):,} findings by {rules} rules, {_few(len(still))} of them not answered"
    if len(still) >= LIMIT and all(count == 0 or count >= LIMIT for count in counts):
        zh += f"：一个月内 {counts[0]:,}，一至三个月 {counts[1]:,}，三个月以上 {counts[2]:,}"
        en += f": {counts[0]:,} of the last month, {counts[1]:,} of one to three months, {counts[2]:,} older"
    if report.card.get("suspended"):
        titles = rule_titles(report)
        names = listed(
            [titles.get(rule.split()[0], rule) for rule in sorted(report.card["suspended"])], report.language
        )
        zh, en = f"{zh}；准确率低于目标、暂停的规则：{names}", f"{en}; suspended below their target: {names}"
    return report.say(zh + "。", en + ".")


def _few(count: int) -> str:
    return f"{count:,}" if count == 0 or count >= LIMIT else f"<{LIMIT}"


def _too_few(report: Report, question: str) -> Finding:
    text = report.say(
        f"{report.lately}查出不足 {LIMIT} 条，不列示。", f"Fewer than {LIMIT} findings {report.lately}: none is shown."
    )
    return Finding(question, None, text)


def _notes(report: Report, hidden: bool) -> tuple[str, ...]:
    words = report.twelve.words(report.language)
    natures = [label("finding_nature", code, report.language) for code in ("fraud", "not_compliant", "unreasonable")]
    basis = report.say(
        f"{words}出院病例，涉及金额每笔只计一次；{'、'.join(natures)}分列，均须核查后认定。试运行规则与判定依据缺失的不计。",
        f"{words}, discharged cases; a charge's money counts once. {listed(natures, 'en')} stand apart, and none is "
        "decided before it is looked into. Rules on trial and findings that lack evidence do not count.",
    )
    return (basis, *note(hidden, report.language))


def _rules_notes(report: Report, hidden: bool) -> tuple[str, ...]:
    basis = report.say(
        "准确率 = 科室确认 / 已答复（95% 区间）；区间整体低于目标的规则自下月起暂停。最久天数自查出当月月末起算。",
        "Precision = confirmed / answered (95 %); a rule whose whole interval lies below its target does not run in "
        "later months. Age is counted from the end of the month in which a case was found.",
    )
    return (basis, *note(hidden, report.language))


def department_cases(report: Report, department: str, most: int = 12) -> Finding:
    """The department's open cases by number, largest first, weak evidence last: no patient, no physician, no day."""
    question = report.say("先答复哪些？", "Which are to be answered first?")
    book = finding_book(report, department)
    still = book[book["status"] == "open"]
    if still.empty:
        text = report.say("没有待答复的发现。", "Nothing is waiting for an answer.")
        return absent(report, question, "findings") if book.empty else Finding(question, None, text)
    titles = rule_titles(report)
    order = {"weak": True, "amount": False, "finding_id": True}
    rows = still.sort_values(list(order), ascending=list(order.values()), kind="stable").head(most)
    rows = pd.DataFrame({
        "finding_id": rows["finding_id"], "rule": [titles.get(rule, rule) for rule in rows["rule_id"]],
        "result": [label("finding_result", result, report.language) for result in rows["result"]],
        "at_risk": rows["amount"], "age_days": rows["age_days"],
    })  # fmt: skip
    heads = columns(
        report.style,
        ("finding_id", "text"),
        ("rule", "text"),
        ("result", "text", "findings"),
        ("at_risk", "money"),
        ("age_days", "count"),
    )
    table = Table(rows, heads, report.say("待答复", "To answer"), report.style)
    total = report.style.money(still["amount"].sum())
    text = report.say(
        f"待答复 {len(still)} 条、{total}；以下为金额最大的 {len(rows)} 条。",
        f"{len(still)} waiting for an answer, {total}; the {len(rows)} largest follow.",
    )
    how = report.say(
        "病历号与明细在工作单中：workbench review；答复后回填。",
        "Stays and evidence stand in the worklist (workbench review), which takes the answers too.",
    )
    return Finding(question, table, text, (how,))
