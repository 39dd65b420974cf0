"""The pathway as it is: its picture and the plans, whether the model looks like the hospital, where patients wait."""

import pandas as pd

from analysis.pathways.outcomes import interval
from analysis.presentation.bars import ranked_bars
from analysis.presentation.finding import Finding
from analysis.presentation.pathway_drawing import pathway_drawing
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural, span_words
from analysis.studies.pathway_redesign import TODAY, Redesign
from analysis.studies.pathway_redesign_words import address_words, edit_words, resource_word
from analysis.studies.wide import head, interval_heads

#: Above so many noise floors a model does not look like the hospital.
_LIKE = 1.5
#: Days waited that are worth a word.
_WAIT = 0.05


def the_pathway(redesign: Redesign) -> Finding:
    """The picture, and what each plan changes of it."""
    report, pathway = redesign.report, redesign.pathway
    question = report.say("这条路径是什么，打算改什么？", "What is the pathway, and what would be changed?")
    rows = [
        (redesign.title(name), address_words(pathway, address, report.language), edit_words(value, report.language),
         str(getattr(plan.basis, report.language)))
        for name, plan in redesign.plans.items() for address, value in plan.edits.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["plan", "what", "to", "basis"])
    heads = (head(report, "plan", "方案", "Plan"), head(report, "what", "改动", "What"),
             head(report, "to", "改为", "To"), head(report, "basis", "依据", "Basis"))  # fmt: skip
    a_year = round(pathway.arrivals.a_day * 365) if pathway.arrivals else 0
    text = report.say(
        f"{pathway.zh}：每年约 {a_year} 位患者；{len(redesign.plans)} 个方案。",
        f"{pathway.en}: some {a_year:,} patients a year; {plural(len(redesign.plans), 'plan')}.",
    )
    basis = getattr(pathway.basis, report.language)
    note = report.say(f"路径依据：{basis}。", f"Basis of the pathway: {basis}.")
    figure = pathway_drawing(pathway, report.language)
    sheet = report.say("方案", "Plans")
    return Finding(question, Table(frame, heads, sheet, report.style), text, redesign.told(note), figure)


def looks_like(redesign: Redesign) -> Finding:
    """Cycle time and steps, simulated beside observed, against what chance alone would give."""
    report = redesign.report
    question = report.say("模型像不像本院？", "Does the model look like our hospital?")
    if redesign.calibration is None:
        text = report.say("未与本院数据对照。", "Not held against the hospital's data.")
        return Finding(question, None, text, redesign.told(), alarm=True)
    rows = redesign.calibration.goodness.copy()
    rows["what"] = [_step(redesign, str(what)) for what in rows["what"]]
    heads = (head(report, "what", "比较什么", "What"), head(report, "cases", "例数", "Cases", "count"),
             head(report, "distance", "距离（天）", "Distance, days", "number3"),
             head(report, "noise_floor", "噪声底（天）", "Noise floor, days", "number3"),
             head(report, "ratio", "倍数", "Times", "number1"))  # fmt: skip
    off = frozenset((i, "ratio") for i, ratio in enumerate(rows["ratio"]) if ratio > _LIKE)
    table = Table(rows[[one.name for one in heads]], heads, report.say("拟合", "Fit"), report.style, alarm=off)
    worst = [rows["what"].iloc[i] for i, _ in sorted(off)]
    text = _fit_text(redesign, len(rows), worst)
    note = report.say(
        "距离为推土机距离；噪声底是同一批病例随机分成两半之间的距离。",
        "Distance: earth mover's; noise floor: that between random halves of the same cases.",
    )
    return Finding(question, table, text, redesign.told(note), alarm=bool(worst))


def _fit_text(redesign: Redesign, parts: int, worst: list[str]) -> str:
    report, (zh, en) = redesign.report, _span(redesign)
    near = parts - len(worst)
    zh = f"{zh}：{parts} 项中 {near} 项与观测的距离在噪声底 1.5 倍以内"
    en = f"{en}: {near} of {parts} lie within 1.5 noise floors of what was observed"
    if not worst:
        return report.say(f"{zh}。", f"{en}.")
    return report.say(
        f"{zh}；{listed(worst, 'zh')}偏离较大，凡依赖它的结论只作方向性参考。",
        f"{en}; {listed(worst, 'en')} do not: what rests on them shows a direction, no amount.",
    )


def numbers(redesign: Redesign) -> Finding:
    """Every number of the model: measured with its interval, or the file's."""
    report = redesign.report
    question = report.say("哪些数字来自本院数据？", "Which numbers are the hospital's own?")
    if redesign.calibration is None:
        text = report.say("没有：全部取自路径文件。", "None: all are the pathway file's.")
        return Finding(question, None, text, redesign.told(), alarm=True)
    rows = redesign.calibration.report.copy()
    rows["address"] = [address_words(redesign.pathway, str(at), report.language) for at in rows["address"]]
    rows["basis"] = [report.say("实测", "measured") if of == "measured" else report.say("路径文件", "file")
                     for of in rows["basis"]]  # fmt: skip
    measured = int((redesign.calibration.report["basis"] == "measured").sum())
    heads = (head(report, "address", "参数", "Number"), head(report, "value", "取值", "Value", "number3"),
             *interval_heads(report, "number3"),
             head(report, "cases", "例数", "Cases", "count"), head(report, "basis", "来源", "From"))  # fmt: skip
    first = tuple(range(min(measured, 14)))
    table = Table(rows[[one.name for one in heads]], heads, report.say("参数", "Numbers"), report.style, on_page=first)
    zh, en = _span(redesign)
    text = report.say(
        f"{len(rows)} 个数字中 {measured} 个由{zh}的数据得出，其余取自路径文件。",
        f"{measured} of {len(rows)} numbers come from the data of {en}, the others from the pathway's file.",
    )
    note = report.say("页面只列前几行，全部在工作簿中。", "The page lists the first ones; the workbook has all.")
    return Finding(question, table, text, (note,))


def waits(redesign: Redesign) -> Finding:
    """Days waited for each resource, today and under each plan."""
    report = redesign.report
    question = report.say("患者在哪里等？", "Where do patients wait?")
    frame = pd.concat([_waits_of(redesign, plan) for plan in (TODAY, *redesign.plans)], ignore_index=True)
    today = frame[frame["plan"] == redesign.title(TODAY)].sort_values("days", ascending=False, ignore_index=True)
    heads = (head(report, "plan", "方案", "Plan"), head(report, "resource", "资源", "Resource"),
             head(report, "units", "单位数", "Units", "count"),
             head(report, "waited", "需等待者", "Who waits", "percent0"),
             head(report, "days", "每位患者等待（天）", "Days waited, of a patient", "number1"),
             head(report, "use", "使用率", "In use", "percent0"))  # fmt: skip
    table = Table(frame, heads, report.say("等待", "Waiting"), report.style)
    worst, total, figure = today.iloc[0], float(today["days"].sum()), ""
    text = report.say("没有值得一提的等待。", "There is no wait worth naming.")
    if worst["days"] >= _WAIT:
        share = worst["days"] / total
        text = report.say(
            f"每位患者平均等待资源 {total:.1f} 天，其中 {share:.0%} 在等{worst['resource']}。",
            f"A patient waits {total:.1f} days for resources, {share:.0%} of it for {worst['resource']}.",
        )
        figure = ranked_bars(today["resource"].tolist(), today["days"].tolist(), report.style, "number1")
    unstable, note = _unstable_words(redesign), ()
    if redesign.ample:
        note = (report.say("“充足”：数据没有显示有人等它，它的数量不作为限制。",
                           "`Ample`: the data show nobody to wait for it, so its number is no limit."),)  # fmt: skip
    return Finding(question, table, text, redesign.told(*unstable, *note), figure, alarm=bool(unstable))


def _waits_of(redesign: Redesign, plan: str) -> pd.DataFrame:
    one, language = redesign.simulated[plan], redesign.report.language
    tally, patients = one.replications.resources, one.replications.classes.arrivals.sum()
    resources, ample = redesign.changed(plan).pathway.resources, redesign.report.say("充足", "ample")
    rows = []
    for i, name in enumerate(one.built.resources):
        waited = tally.waited[:, i].sum() / max(tally.requests[:, i].sum(), 1)
        enough = name in redesign.ample
        use = None if enough else interval(tally.busy[:, i] / tally.open[:, i]).mean
        days = tally.days_waited[:, i].sum() / patients
        units = ample if enough else resources[name].units
        rows.append((redesign.title(plan), resource_word(name, language), units, waited, days, use))
    return pd.DataFrame(rows, columns=["plan", "resource", "units", "waited", "days", "use"])


def _unstable_words(redesign: Redesign) -> tuple[str, ...]:
    """Which queues grow without end."""
    report, told = redesign.report, []
    for plan, one in redesign.simulated.items():
        if one.unstable:
            names = listed([resource_word(name, report.language) for name in one.unstable], report.language)
            told.append(report.say(
                f"{redesign.title(plan)}：{names}的队列不断增长，来者多于所能服务者，不给出均值。",
                f"{redesign.title(plan)}: the queue for {names} grows and grows: more come than can be served, and no "
                "mean is told."))  # fmt: skip
    return tuple(told)


def _step(redesign: Redesign, what: str) -> str:
    if what == "cycle_time":
        return redesign.report.say("住院时间", "Whole stay")
    return redesign.pathway.name(what, redesign.report.language)


def _span(redesign: Redesign) -> tuple[str, str]:
    return span_words(*redesign.span, "zh"), span_words(*redesign.span, "en")
