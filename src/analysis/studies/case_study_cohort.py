"""Who is in a study: the flow of its cases, and what the two sides were like before treatment."""

import pandas as pd

from analysis.evaluation.balance import NEGLIGIBLE
from analysis.evaluation.variables import variable
from analysis.periods import Period
from analysis.presentation.finding import Finding
from analysis.presentation.flow_chart import Step, flow_chart
from analysis.presentation.numbers import Kind, Style
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed, plural
from analysis.studies.case_study import CaseStudy
from analysis.studies.case_study_headings import heading
from analysis.studies.case_study_words import category_words, sides
from analysis.studies.cause_words import lower
from analysis.studies.wide import head

#: Steps of the flow that are the sides at its end.
_SIDES = ("treated", "control")


def flow(case: CaseStudy) -> Finding:
    """How the cases came about: left out and kept at every step, down to the two sides."""
    report, rows = case.report, case.cohort.flow
    question = heading(case, "flow")
    steps, ends = rows[~rows["step"].isin(_SIDES)], rows[rows["step"].isin(_SIDES)]
    words = rows[report.language]
    shown = pd.DataFrame(
        {"step": words, "left_out": rows["left_out"].where(~rows["step"].isin(_SIDES)), "kept": rows["kept"]}
    )
    heads = (
        head(report, "step", "步骤或排除原因", "Step or reason for leaving out"),
        head(report, "left_out", "排除例数", "Left out", "count"),
        head(report, "kept", "保留例数", "Kept", "count"),
    )
    table = Table(shown, heads, case.say("病例筛选流程", "Flow of cases"), report.style)
    figure = flow_chart([_step(report.style, row) for row in steps.itertuples()],
                        [_counted(getattr(row, report.language), row.kept) for row in ends.itertuples()])  # type: ignore[arg-type]  # fmt: skip
    return Finding(question, table, _flow_text(case, steps), (), figure)


def _step(style: Style, row) -> Step:
    words = row.zh if style.language == "zh" else row.en
    if row.step == "closed":
        return Step("", _counted(words, row.kept))
    kept = "保留" if style.language == "zh" else "Kept"
    return Step(_counted(words, row.left_out), _counted(kept, row.kept))


def _counted(words: str, cases: int) -> str:
    return f"{words}\nn = {cases:,}"


def _flow_text(case: CaseStudy, steps: pd.DataFrame) -> str:
    treated, control = case.counts
    first, last = int(steps["kept"].iloc[0]), int(steps["kept"].iloc[-1])
    one, other = sides(case)
    return case.say(
        f"{case.words('zh')}共 {first:,} 例已结账出院病例，符合条件 {last:,} 例：{one} {treated:,} 例，{other} "
        f"{control:,} 例。",
        f"Of {plural(first, 'closed discharge')} of {case.words('en')}, {last:,} met the conditions: "
        f"{one} {treated:,}, {lower(other)} {control:,}.",
    )


def baseline(case: CaseStudy) -> Finding:
    """What was known of both sides before treatment, and how far they differ."""
    report = case.report
    rows = baseline_rows(case)
    one, other = sides(case)
    treated, control = case.counts
    shown = pd.DataFrame({
        "variable": rows["words"], "treated": rows["treated_words"], "control": rows["control_words"],
        "smd": rows["smd_before"],
    })  # fmt: skip
    heads = (
        head(report, "variable", "变量", "Variable"),
        head(report, "treated", f"{one}（n={treated:,}）", f"{one} (n={treated:,})", "text_right"),
        head(report, "control", f"{other}（n={control:,}）", f"{other} (n={control:,})", "text_right"),
        head(report, "smd", "标准化差异", "Standardised difference", "number3"),
    )
    table = Table(shown, heads, case.say("治疗前特征", "Characteristics before treatment"), report.style)
    note = case.say(
        "连续变量为均值（标准差），分类变量为占比；标准化差异＝两组均值之差除以合并标准差，不随样本量增大。",
        "Numbers: mean (standard deviation); categories: share. Standardised difference: difference of means over "
        "the pooled standard deviation, which does not grow with the number of cases.",
    )
    return Finding(heading(case, "baseline"), table, _baseline_text(case, rows), (note, _unknown_note(case)))


def _unknown_note(case: CaseStudy) -> str:
    """How many values of each variable are not known."""
    report = case.report
    counts = {name: int(case.cohort.rows[name].isna().sum()) for name in case.study.confounders}
    gone = {variable(name).label(report.language): count for name, count in counts.items() if count}
    if not gone:
        return case.say("各变量均无缺失。", "No value of any variable is missing.")
    return case.say(
        f"缺失：{'、'.join(f'{name} {count} 例' for name, count in gone.items())}；其余变量无缺失。",
        f"Missing: {', '.join(f'{lower(name)} {count}' for name, count in gone.items())}; none of the others.",
    )


def _baseline_text(case: CaseStudy, rows: pd.DataFrame) -> str:
    report, limit = case.report, NEGLIGIBLE
    apart = rows[rows["smd_before"].abs() > limit].sort_values("smd_before", key=abs, ascending=False, kind="stable")
    names = list(dict.fromkeys(variable(name).label(report.language) for name in apart["variable"]))
    size = f"{limit:.1f}"
    if not names:
        return case.say(
            f"调整前各变量的标准化差异均不超过 {size}。", f"Before adjustment no variable differs by more than {size}."
        )
    largest = report.style.write(abs(apart["smd_before"].iloc[0]), "number3")
    total = len(case.study.confounders)
    return case.say(
        f"调整前 {total} 个变量中 {len(names)} 个的标准化差异超过 {size}：{listed(names, 'zh', unit='个')}；最大为 "
        f"{largest}。直接比较两组会混入这些差异。",
        f"Before adjustment {len(names)} of {plural(total, 'variable')} differ by more than {size}: "
        f"{listed([lower(name) for name in names], 'en')}; the largest difference is {largest}. "
        "Setting the sides against each other as they are would count these as effects.",
    )


def baseline_rows(case: CaseStudy) -> pd.DataFrame:
    """Rows of the balance table with the words and cells of the report; a level is named under its variable."""
    rows = case.comparison.balance.copy()
    start = case.months[0]
    rows["words"] = [row_words(case, row.variable, row.level) for row in rows.itertuples()]
    for side in ("treated", "control"):
        rows[f"{side}_words"] = [
            _cell(case.report.style, row, getattr(row, side), getattr(row, f"{side}_sd"), start)
            for row in rows.itertuples()
        ]
    return rows


def row_words(case: CaseStudy, name: str, level: str) -> str:
    """A variable, or one of its levels, in the report's language."""
    words = variable(name).label(case.report.language)
    if not level:
        return words
    colon = "：" if case.report.language == "zh" else ": "
    return f"{words}{colon}{category_words(case, name, level)}"


def _cell(style: Style, row, mean: float, spread: float, start: Period) -> str:
    """A mean with its standard deviation, or a share; a running month counts from the study's first."""
    kind: Kind = "percent1" if row.kind == "share" else "number1"
    if row.variable == "month":
        mean = mean - (12 * start.year + start.start.month) + 1
    text = style.write(mean, kind)
    if kind == "percent1":
        return text
    return (
        f"{text}（{style.write(spread, kind)}）" if style.language == "zh" else f"{text} ({style.write(spread, kind)})"
    )
