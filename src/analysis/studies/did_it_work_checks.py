"""Checks beside the effect, and what is kept of it: Bacon weights, the pilots' own series, the summary."""

import pandas as pd

from analysis.evaluation.did import two_way
from analysis.evaluation.interrupted import Interrupted
from analysis.evaluation.panels import complete_units, with_cohorts
from analysis.evaluation.staggered import bacon_weights
from analysis.presentation.event_study import past_and_present
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Table
from analysis.studies.did_it_work import Change, runs
from analysis.studies.did_it_work_doubts import threats_named
from analysis.studies.did_it_work_methods import by_method, interrupted_series, naive, outcomes_known
from analysis.studies.did_it_work_words import effect_kind, window, written
from analysis.studies.study_tables import write_study
from analysis.studies.wide import head, interval_heads
from analysis.vocabulary import label

_KINDS = {
    "treated_vs_never": ("推行科室对未推行科室", "In it against never in it"),
    "earlier_vs_later": ("先推行对尚未推行", "Earlier against not yet"),
    "later_vs_earlier": ("后推行对已推行（不可用）", "Later against already in it (forbidden)"),
}


def weights(change: Change) -> Finding:
    """What a two-way regression over all months would average, and how much of it is forbidden."""
    report = change.report
    question = report.say(
        "若把所有月份放进一个回归，会用到哪些比较？", "What would one regression over all months compare?"
    )
    panel = _all_months(change)
    parts = bacon_weights(panel)
    parts = parts.assign(name=[report.say(*_KINDS[kind]) for kind in parts["kind"]])
    heads = (
        head(report, "name", "比较", "Comparison"),
        head(report, "weight", "权重", "Weight", "percent0"),
        head(report, "effect", "该比较的估计", "Its estimate", _index_kind(change)),
    )
    table = Table(parts, heads, report.say("Bacon 权重", "Bacon weights"), report.style)
    units = panel["unit"].nunique()
    alike = report.say(
        f"每月都有病例的 {units} 个科室，等权。", f"{units} departments with cases in every month, alike."
    )
    notes = (alike, _by_size(change, panel), *_index_note(change))
    return Finding(question, table, _weights_text(change, parts), notes)


def _by_size(change: Change, panel: pd.DataFrame) -> str:
    """The regression as it is usually run: departments weighted by what is expected of them."""
    begun = panel["first_treated"].notna() & (panel["period"] >= panel["first_treated"].fillna(""))
    found = two_way(panel.assign(treatment=begun.astype(float)))
    written = change.report.style.write(found.effect, _index_kind(change))
    return change.report.say(f"按规模加权，该回归得 {written}。", f"Weighted by size that regression says {written}.")


def _index_kind(change: Change) -> Kind:
    """How values of the panel are written: an index, or points of a share."""
    return "number3" if change.outcome.scale == "relative" else "points"


def _index_note(change: Change) -> tuple[str, ...]:
    if change.outcome.scale != "relative":
        return ()
    return (change.report.say("指数：1 = 之前各病组的平均水平。", "Index: 1 = what the groups came to before."),)


def _all_months(change: Change) -> pd.DataFrame:
    """Departments with cases in every month read (preparation left out), with their starts."""
    windows, study = change.windows, change.study
    months = windows.before + windows.after + windows.beyond
    panel = change.panel(change.main)
    rows = panel[panel["period"].isin(months) & panel["unit"].isin(complete_units(panel, months))]
    later = dict.fromkeys(rows["unit"].unique(), study.others_start) if study.others_start in months else {}
    return with_cohorts(rows, later | dict.fromkeys(study.treated, study.starts))


def _weights_text(change: Change, parts: pd.DataFrame) -> str:
    report = change.report
    share = float(parts.loc[parts["kind"] == "later_vs_earlier", "weight"].sum())
    whole = report.style.write(float((parts["weight"] * parts["effect"]).sum()), _index_kind(change))
    if not share:
        return report.say(
            f"双向固定效应得 {whole}，没有以已推行科室为对照的比较。",
            f"Two-way fixed effects give {whole}; none of it from departments already in it.",
        )
    told = report.style.write(share, "percent0")
    return report.say(
        f"双向固定效应得 {whole}，其中 {told} 的权重来自以已推行科室为对照的比较，因此不采用。",
        f"Two-way fixed effects give {whole}, {told} of it from comparisons with departments already in it: not used.",
    )


def own_past(change: Change) -> Finding:
    """The pilots' own series interrupted: step, slope, season; a check that shares no weakness with the comparison."""
    report = change.report
    question = report.say("只看试点自己的走势，结论一样吗？", "Does the pilots' own past say the same?")
    found, kind = interrupted_series(change), _index_kind(change)
    told = written(report, change.outcome, by_method(change)["its"])
    text = report.say(
        f"按自身走势、季节和水平变化估计：{told}；同期发生的其他事情都算在内，只作参考。",
        f"By level, trend and season of their own: {told}; all else that happened then is in it: a check only.",
    )
    return Finding(question, _parts_of(change, found, kind), text, _index_note(change), _series(change, found, kind))


def _parts_of(change: Change, found: Interrupted, kind: Kind) -> Table:
    report = change.report
    named = (
        (report.say("之后各月平均", "Mean of the months after"), found.effect),
        (report.say("起始变化", "Step at the start"), found.step),
        (report.say("此后每月", "Slope a month since"), found.slope),
    )
    rows = pd.DataFrame(
        [(name, one.effect, one.low, one.high) for name, one in named], columns=["part", "effect", "low", "high"]
    )
    heads = (
        head(report, "part", "部分", "Part"),
        head(report, "effect", "估计", "Estimate", kind),
        *interval_heads(report, kind, "low", "high"),
    )
    return Table(rows, heads, report.say("间断时间序列", "Interrupted series"), report.style)


def _series(change: Change, found: Interrupted, kind: Kind) -> str:
    report, fitted = change.report, found.fitted
    start = int((fitted["period"] < change.study.starts).sum())
    names = (report.say("实际", "observed"), report.say("按以往走势", "by its own past"))
    values, without = list(fitted["value"]), list(fitted["without"])
    return past_and_present(list(fitted["period"]), values, without, start, names, report.style, kind)


def how_made(change: Change) -> Finding:
    """Windows, adjustment, inference, settings and closes: what a reader needs to make it again."""
    report, windows, study = change.report, change.windows, change.study
    units, treated = change.panel(change.main)["unit"].nunique(), len(study.treated)
    prices = report.say(study.constant_prices.zh, study.constant_prices.en) if study.constant_prices else "–"
    last = (windows.beyond or windows.after)[-1]
    lines = (
        ("之前", "Before", *[window(report, windows.before)] * 2),
        ("准备（不计）", "Preparation (left out)", *[window(report, windows.leak) if windows.leak else "–"] * 2),
        ("之后", "After", *[window(report, windows.after)] * 2),
        ("科室", "Departments", f"{units} 个，其中试点 {treated} 个", f"{units}, of them {treated} pilots"),
        ("病例组合", "Case mix", "间接标化：病组 × 严重程度，以之前各月全院为准",
         "indirect standardisation by group and severity; all departments before"),
        ("不变价", "Constant prices", prices, prices),
        ("推断", "Inference", "科室前后差按规模换算后随机化，检验反演得 95% 区间",
         "randomisation of departments' differences made alike by size; 95 % interval by inversion"),
        ("结账", "Closes", *[f"{windows.compared[0]} – {last}; {report.card['run_id']}"] * 2),
        ("参数", "Parameters", *[f"change={study.id}, outcome={change.main}, language={report.language}"] * 2),
    )  # fmt: skip
    heads = (head(report, "item", "项目", "Item"), head(report, "content", "内容", "Content"))
    told = [(report.say(zh, en), report.say(content_zh, content_en)) for zh, en, content_zh, content_en in lines]
    rows = pd.DataFrame(told, columns=["item", "content"])
    text = report.say("同样的结账与设置得出同样的数字。", "The same closes and settings give the same figures.")
    question = report.say("这些数字是怎样得出的？", "How were these figures made?")
    return Finding(question, Table(rows, heads, report.say("方法", "Methods"), report.style), text)


def summary(change: Change) -> Finding:
    """Question, answer and what it rests on; the effects are written beside the closed months."""
    report = change.report
    rows = pd.DataFrame(_summary_rows(change), columns=["what", "told"])
    heads = (head(report, "what", "项目", "Item"), head(report, "told", "内容", "Content"))
    table = Table(rows, heads, report.say("小结", "Summary"), report.style)
    answer, kept = rows["told"].iloc[2], len(keep(change))
    text = report.say(
        f"{answer}；{kept} 行效应已写入本院的研究结果。",
        f"{answer}; {kept} effects are kept with the hospital's studies.",
    )
    return Finding(report.say("一页小结", "Summary"), table, text)


def _summary_rows(change: Change) -> list[tuple[str, str]]:
    report, outcome, study, windows = change.report, change.outcome, change.study, change.windows
    kind, main = effect_kind(outcome), change.effect(change.main)
    others = [change.under(one).estimate.effect for one in study.threats if not one.late]
    whom = report.say("、", ", ").join(report.named("department", study.treated))
    plain = report.say("前后对比（不可作结论）", "Before and after (no conclusion)")
    rows = [
        (report.say("问的是", "Asked"), report.say(f"{study.zh}：{outcome.zh}", f"{study.en}: {outcome.en.lower()}")),
        (report.say("对谁、何时", "On whom, when"), report.say("；", "; ").join((whom, window(report, windows.after)))),
        (report.say("结论", "Answer"), written(report, outcome, main)),
        (plain, written(report, outcome, naive(change, outcome))),
    ]
    if others:
        least, most = (report.style.write(end, kind) for end in (min(others), max(others)))
        rows.append(
            (report.say("换一种做法", "Done otherwise"), report.say(f"{least} 至 {most}", f"{least} to {most}"))
        )
    if windows.beyond:
        rows.append((window(report, windows.beyond), report.say("无法识别", "not identified")))
    return rows


def keep(change: Change) -> pd.DataFrame:
    """Write the effects beside the closed months (study rollout_CHANGE_OUTCOME); returns them."""
    rows = effects_table(change)
    write_study(change.report.folder, f"rollout_{change.study.id}_{change.main}", {"effects": rows}, runs(change))
    return rows


def effects_table(change: Change) -> pd.DataFrame:
    """Rows of the closed table `effects` (without `study`): every method on the main outcome, the main method on the
    others, every threat, and the months that are not identified, without an estimate."""
    windows = change.windows
    span = f"ATT_{windows.after[0]}_{windows.after[-1]}"
    rows = [
        (span, method, change.main, one, label("effect_method", method, "en"))
        for method, one in by_method(change).items()
    ]
    rows += [(span, "did_randomisation", name, change.effect(name), label("effect_method", "did_randomisation", "en"))  # type: ignore[arg-type]
             for name in outcomes_known(change) if name != change.main]  # fmt: skip
    rows += [
        (span, f"did_randomisation:{one.id}", change.main, change.under(one), one.en) for one in change.study.threats
    ]
    frame = pd.DataFrame([
        {"estimand": estimand, "method": method, "outcome": outcome, "estimate": one.estimate.effect,
         "ci_low": one.estimate.low, "ci_high": one.estimate.high, "note": note}
        for estimand, method, outcome, one, note in rows
    ])  # fmt: skip
    frame.loc[0, "note"] = f"{frame.loc[0, 'note']}; looked at: {threats_named(change)}"
    if windows.beyond:
        beyond = {"estimand": f"ATT_{windows.beyond[0]}_{windows.beyond[-1]}", "method": "did_randomisation",
                  "outcome": change.main, "note": "not identified: no department is untreated"}  # fmt: skip
        frame = pd.concat([frame, pd.DataFrame([beyond])], ignore_index=True)
    return frame
