"""What if the numbers are off: all of them drawn at once, each alone at its limits; and how the simulation was made."""

from functools import lru_cache

import pandas as pd

from analysis.pathways.experiment import How
from analysis.pathways.sensitivity import Probabilistic, probabilistic
from analysis.pathways.stress_des import Told, stress_des
from analysis.pathways.tornado import tornado
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table
from analysis.presentation.tornado_bars import Swing, tornado_bars
from analysis.presentation.wording import listed, plural, span_words
from analysis.studies.pathway_redesign import TODAY, Redesign
from analysis.studies.pathway_redesign_choice import chosen
from analysis.studies.pathway_redesign_effects import shown, signed
from analysis.studies.pathway_redesign_words import OUTCOMES, address_words
from analysis.studies.wide import head, interval_heads

#: Draws of the parameters, replications of each and of the tornado.
DRAWS, REPLICATIONS, _TORNADO = 100, 10, 20
_BARS, _DAYS = 12, 730.0
_NOTHING = pd.DataFrame(columns=["address", "value", "ci_low", "ci_high"])


@lru_cache(maxsize=16)
def _drawn(redesign: Redesign, plan: str) -> Probabilistic:
    known = redesign.calibration
    draws = known.draws(DRAWS, redesign.seed) if known else [{}] * DRAWS
    return probabilistic(redesign.base, redesign.plans[plan].edits, draws, redesign.costs, replications=REPLICATIONS,
                         common=False, **_short(redesign))  # fmt: skip


def _short(redesign: Redesign) -> How:
    """As all is run, but not longer than two years: it is run a thousand times."""
    return redesign.how | {"days": min(redesign.how["days"], _DAYS)}  # type: ignore[return-value]


def if_all_are_off(redesign: Redesign) -> Finding:
    """Differences over draws of the parameters: what is not known of them, and what more computing would take away."""
    report, style = redesign.report, redesign.report.style
    question = report.say("如果所有数字都不准？", "What if all numbers are off at once?")
    stable = [plan for plan in redesign.plans if not redesign.differences[plan]["why"].iloc[0]]
    rows, texts = [], []
    for plan in stable:
        found = _drawn(redesign, plan)
        for one in found.table[found.table["outcome"].isin(shown(redesign))].itertuples():
            words = OUTCOMES[one.outcome]
            apart = [signed(style, value, words.kind) for value in (one.mean, one.low, one.high)]
            name = style.with_unit(getattr(words, report.language), words.kind)
            rows.append((redesign.title(plan), name, *apart, one.share, one.above_zero))
        texts.append(_drawn_text(redesign, plan, found))
    frame = pd.DataFrame(rows, columns=["plan", "outcome", "mean", "low", "high", "share", "above"])
    heads = (head(report, "plan", "方案", "Plan"), head(report, "outcome", "结局", "Outcome"),
             head(report, "mean", "差值", "Difference", "text_right"),
             *interval_heads(report, "text_right", "low", "high"),
             head(report, "share", "误差中来自参数", "Of the error: parameters", "percent0"),
             head(report, "above", "差值为正的抽样", "Draws above 0", "percent0"))  # fmt: skip
    if not rows:
        return Finding(question, None, report.say("没有可以抽样的方案。", "There is no plan to draw for."))
    table = Table(frame, redesign.by_plan(heads), report.say("参数不确定性", "Parameter uncertainty"), style)
    return Finding(question, table, " ".join(texts), redesign.told(*_drawn_notes(redesign)))


def _drawn_text(redesign: Redesign, plan: str, found: Probabilistic) -> str:
    report, outcome = redesign.report, redesign.outcome
    one, words = found.table.set_index("outcome").loc[outcome], OUTCOMES[outcome]
    mean, low, high = (signed(report.style, value, words.kind) for value in (one["mean"], one["low"], one["high"]))
    better = 1 - one["above_zero"] if words.less else one["above_zero"]
    zh = f"{redesign.title(plan)}：{words.zh}差 {mean}（95% {low} 至 {high}），{better:.0%} 的抽样中更好。"
    en = f"{redesign.title(plan)}: {words.en.lower()} {mean} (95 % {low} to {high}), better in {better:.0%} of draws."
    if found.unstable:
        zh += f"{found.unstable} 次抽样队列不断增长，未计入。"
        en += f" In {plural(found.unstable, 'draw')} a queue grew without end; they are left out."
    return report.say(zh, en)


def _drawn_notes(redesign: Redesign) -> tuple[str, ...]:
    report = redesign.report
    what = report.say(
        "全部实测参数" if redesign.calibration else "（未校准）仅方案效果",
        "all measured parameters" if redesign.calibration else "(not calibrated) the effects of the plans alone",
    )
    return (
        report.say(
            f"{DRAWS} 次抽样 × {REPLICATIONS} 次重复，抽取{what}；方案效果本身也按 ±20% 抽取（假设）。"
            "区间含参数与模拟两部分误差；模拟误差多算即可减少，参数误差只有更多数据才能减少（单向随机效应方差分析）。",
            f"{DRAWS} draws of {what}, {REPLICATIONS} replications each; the size of what a plan does is drawn too, "
            "within some 20 % (assumed). The interval holds both errors: that of the simulation more computing takes "
            "away, that of the parameters only more data (one-way random-effects analysis of variance).",
        ),
    )


def which_matters(redesign: Redesign) -> Finding:
    """The tornado of the plan chosen, or of the first."""
    report, style, outcome = redesign.report, redesign.report.style, redesign.outcome
    question = report.say("哪个数字最要紧？", "Which number matters most?")
    plan = next((p for p in (chosen(redesign).best, *redesign.plans) if p != TODAY), "")
    measured = redesign.calibration.report if redesign.calibration else _NOTHING
    rows = tornado(redesign.base, redesign.plans[plan].edits, redesign.costs, measured, outcome=outcome,
                   replications=_TORNADO, **_short(redesign))  # fmt: skip
    rows = rows[rows["swing"] != 0].reset_index(drop=True)
    rows["name"] = [address_words(redesign.pathway, at, report.language) for at in rows["address"]]
    found, words = redesign.differences[plan].set_index("outcome").loc[outcome], OUTCOMES[outcome]
    swings = [Swing(one.name, one.at_low, one.at_high, one.assumed) for one in rows.head(_BARS).itertuples(index=False)]
    names = (report.say("下限", "lower limit"), report.say("上限", "upper limit"),
             report.say("假设 ±20%", "assumed, 20 % either way"))  # fmt: skip
    figure = tornado_bars(swings, float(found["difference"]), style, words.kind, names)
    text = _tornado_text(redesign, plan, rows, float(found["difference"]))
    table = _tornado_table(redesign, rows, words.kind)
    note = report.say(
        "实测的数字取其 95% 区间两端，没有区间的取 ±20%（斜线）；资源数量是决定，不变动。",
        "Measured numbers stand at the ends of their 95 % intervals, others 20 % off (hatched); units of resources are "
        "decided and stay.",
    )
    return Finding(question, table, text, (note,), figure, listed=False)


def _tornado_text(redesign: Redesign, plan: str, rows: pd.DataFrame, middle: float) -> str:
    report, words = redesign.report, OUTCOMES[redesign.outcome]
    if rows.empty:
        return report.say("没有一个数字改变结果。", "No number changes the result.")
    turned = rows[(rows["at_low"] * middle < 0) | (rows["at_high"] * middle < 0)]["name"].tolist()
    zh = f"{redesign.title(plan)}的{words.zh}差值最取决于{rows['name'].iloc[0]}；"
    en = f"The difference in {words.en.lower()} of {redesign.title(plan)} hangs most on {rows['name'].iloc[0]}; "
    if not turned:
        return report.say(zh + "没有一个数字在其界限内使结论反转。", en + "no number turns it round within its limits.")
    zh += f"{len(turned)} 个数字在其界限内能使结论反转：{listed(turned, 'zh')}。"
    en += f"{plural(len(turned), 'number')} could turn it round within limits: {listed(turned, 'en')}."
    return report.say(zh, en)


def _tornado_table(redesign: Redesign, rows: pd.DataFrame, kind: Kind) -> Table:
    report = redesign.report
    words = report.say("95% 区间", "95 % interval"), report.say("假设 ±20%", "assumed, 20 %")
    shown_rows = rows.assign(basis=[words[int(one)] for one in rows["assumed"]])
    heads = (head(report, "name", "数字", "Number"), head(report, "at_low", "在下限", "At its lower limit", kind),
             head(report, "at_high", "在上限", "At its upper limit", kind),
             head(report, "swing", "摆幅", "Swing", kind), head(report, "basis", "界限", "Limits"))  # fmt: skip
    return Table(shown_rows[[one.name for one in heads]], heads, report.say("敏感性", "Tornado"), report.style)


def reporting(redesign: Redesign) -> Finding:
    """The twenty items of STRESS-DES, filled from this run."""
    report = redesign.report
    question = report.say("这次模拟是怎样做的？", "How was the simulation made?")
    rows, language = stress_des(_told(redesign)), report.language
    frame = pd.DataFrame({"number": rows["number"], "item": rows[f"item_{language}"], "text": rows[language]})
    heads = (head(report, "number", "编号", "Item"), head(report, "item", "名称", "Name"),
             head(report, "text", "内容", "Content"))  # fmt: skip
    missing = int((~rows["given"]).sum())
    text = report.say(
        f"STRESS-DES 清单 20 项，{20 - missing} 项由本次运行填写，{missing} 项未说明。",
        f"STRESS-DES: 20 items, {20 - missing} filled from this run, {missing} not given.",
    )
    source = report.say("Journal of Simulation 13（2019）55–67", "Journal of Simulation 13 (2019) 55-67")
    absent = frozenset((i, "text") for i, given in enumerate(rows["given"]) if not given)
    table = Table(frame, heads, report.say("报告清单", "STRESS-DES"), report.style, alarm=absent)
    return Finding(
        question, table, text, (report.say(f"条目：Monks 等，{source}。", f"Items: Monks et al., {source}."),)
    )


def _told(redesign: Redesign) -> Told:
    """What this run can say of itself."""
    report, how, calibrated = redesign.report, redesign.how, redesign.calibration
    known = [OUTCOMES[name] for name in shown(redesign)]
    months = span_words(*redesign.span, "zh"), span_words(*redesign.span, "en")
    return Told(
        redesign.pathway, redesign.plans, calibrated.report if calibrated else None,
        (f"{report.title}，{months[0]}", f"{report.title}, {months[1]}") if calibrated or redesign.priced else ("", ""),
        tuple((words.zh, words.en.lower()) for words in known), drawn=True, seed=redesign.seed, warm=how["warm"],
        settled=redesign.warm_up.settled, days=how["days"], follow=how["follow"], unpaid_within=how["unpaid_within"],
        replications=redesign.replications, limit=_limit(redesign), draws=DRAWS,
    )  # fmt: skip


def _limit(redesign: Redesign) -> tuple[str, str]:
    """Until what was replicated, and whether it was reached."""
    if not redesign.narrowed:
        return "", ""
    words = OUTCOMES[redesign.outcome]
    short = sum(one.stopped != "narrow" for one in redesign.narrowed.values())
    zh = f"重复至{words.zh}差值的半宽不超过 {redesign.half_width:g}" + (f"，{short} 个方案未达到" if short else "")
    en = f"until the half-width of the difference in {words.en.lower()} is at most {redesign.half_width:g}"
    return zh, en + (f", not reached by {plural(short, 'plan')}" if short else "")
