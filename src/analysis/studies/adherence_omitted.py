"""Which required steps are left out, how sure that is, and who was excused."""

import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from analysis.pathways.variance import omitted_steps
from analysis.presentation.disclosure import LIMIT
from analysis.presentation.finding import Finding
from analysis.presentation.interval_dots import interval_dots
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed
from analysis.studies.adherence_book import Followed, step_rates
from analysis.studies.report import Report
from analysis.studies.wide import head, interval_heads

#: False discoveries among the steps that are said to have changed.
_Q = 0.05
_KEY = ["pathway", "step"]


def left_out_steps(followed: Followed, most: int = 15) -> Finding:
    """Required steps by how often they are left out, with intervals, the year before, and who was excused."""
    report = followed.report
    question = report.say("哪些必需步骤被遗漏，有多确定？", "Which required steps are left out, and how sure is that?")
    if nothing := followed.nothing(question):
        return nothing
    rows = omission_rows(followed)
    if followed.live is not None:
        told = omitted_steps(followed.live)
        rows = rows.merge(told.loc[told["department"].isna(), [*_KEY, "excused", "unknown"]], on=_KEY, how="left")
    many = rows[rows["expected"] >= LIMIT]
    top = many.head(most)
    table = Table(rows, _heads(report, rows), report.say("遗漏步骤", "Left out"), report.style,
                  on_page=tuple(range(min(most, len(rows)))))  # fmt: skip
    return Finding(
        question, table, omission_text(followed, many), omission_notes(report), omission_figure(followed, top)
    )


def omission_rows(followed: Followed) -> pd.DataFrame:
    """Rates of `step_rates` of the last twelve months, the highest first; before: the rate in the span before."""
    rows = step_rates(followed, followed.rows)
    before = followed.report.compared[1]
    past = step_rates(followed, followed.rows_of(before)) if before else rows.head(0)
    past = past.loc[past["expected"] >= LIMIT, [*_KEY, "rate", "omitted", "expected"]]
    rows = rows.merge(past.rename(columns={"rate": "before"}), on=_KEY, how="left", suffixes=("", "_before"))
    rows["q_value"] = _changed(rows)
    rows["name"] = followed.both(rows["pathway"], rows["step"])
    rows["no_row"] = rows["stays"] - rows["expected"]
    return rows.sort_values(["rate", "expected"], ascending=[False, False], kind="stable", ignore_index=True)


def _changed(rows: pd.DataFrame) -> pd.Series:
    """q-value (Benjamini-Hochberg over all steps) of Fisher's exact test of a rate against the year before."""
    known = rows[rows["before"].notna()]
    names = ["omitted", "expected", "omitted_before", "expected_before"]
    tables = known[names].to_numpy(float).astype(int)
    p = [fisher_exact([[a, n - a], [b, m - b]]).pvalue for a, n, b, m in tables]
    return pd.Series(multipletests(p, method="fdr_bh")[1] if p else [], known.index, dtype=float).reindex(rows.index)


def omission_figure(followed: Followed, top: pd.DataFrame) -> str:
    """Dots with Wilson's intervals, and hollow ones for the year before."""
    report = followed.report
    names = report.lately.removeprefix("in ").capitalize(), report.say("上年同期", "Year before")
    bounds = top["ci_low"].tolist(), top["ci_high"].tolist()
    labels, values = top["name"].tolist(), top["rate"].tolist()
    return interval_dots(labels, values, bounds, report.style, "percent0", before=top["before"].tolist(), names=names)


def omission_text(followed: Followed, rows: pd.DataFrame) -> str:
    """The step most often left out with its interval, and all that changed from the year before, listed or not."""
    report, first = followed.report, rows.iloc[0]
    low, high = (f"{value:.0%}" for value in (first["ci_low"], first["ci_high"]))
    text = report.say(
        f"{report.lately}遗漏最多的是{first['name']}：{first['omitted']:.0f} / {first['expected']:.0f} 例，"
        f"{first['rate']:.0%}（95% 区间 {low} 至 {high}）。",
        f"Left out most {report.lately}: {first['name']}, {first['omitted']:.0f} of {first['expected']:.0f}, "
        f"{first['rate']:.0%} (95 % interval {low} to {high}).",
    )
    sure = rows[rows["q_value"] <= _Q]
    less, more = sure[sure["rate"] < sure["before"]], sure[sure["rate"] > sure["before"]]
    if len(less):
        zh, en = (listed(_moved(less), language) for language in ("zh", "en"))
        text += report.say(f"确实少于上年同期：{zh}。", f" Surely less than the year before: {en}.")
    if len(more):
        zh, en = (listed(_moved(more), language) for language in ("zh", "en"))
        text += report.say(f"确实多于上年同期：{zh}。", f" Surely more than the year before: {en}.")
    return text


def _moved(rows: pd.DataFrame) -> list[str]:
    columns = (rows["name"], rows["before"], rows["rate"])
    return [f"{name} {before:.0%} → {rate:.0%}" for name, before, rate in zip(*columns, strict=True)]


def omission_notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "遗漏率 = 遗漏例数 / 应做例数；因诊断、检测值或住院过短而豁免的，以及缺少检测值、无法判断的，不在分母中。"
            "线段为 95% Wilson 区间；与上年同期相比用 Fisher 精确检验，全部步骤按 Benjamini-Hochberg 校正（q ≤ 5%）。"
            "遗漏不等于过错：须由科室核对。",
            "Rate = left out / should have had it. Whoever is excused (a diagnosis, a measurement, a short stay), and "
            "of whom nobody can tell (the measurement is missing), is in neither. Lines: Wilson's 95 % intervals; the "
            "year before by Fisher's exact test, with Benjamini-Hochberg over all steps (q ≤ 5 %). A step left out is "
            "no fault yet: departments check it.",
        ),
    )


def _heads(report: Report, rows: pd.DataFrame) -> tuple[Column, ...]:
    heads = [
        head(report, "name", "步骤", "Step"),
        head(report, "expected", "应做例数", "Should have it", "count"),
        head(report, "omitted", "遗漏", "Left out", "count"),
        head(report, "rate", "遗漏率", "Rate", "percent0"),
        *interval_heads(report, "percent0"),
        head(report, "before", "上年同期", "Year before", "percent0"),
        head(report, "late", "延迟", "Late", "count"),
    ]
    if "excused" in rows:
        heads.append(head(report, "excused", "有理由豁免", "Excused", "count"))
        heads.append(head(report, "unknown", "无法判断", "Cannot be told", "count"))
    else:
        heads.append(head(report, "no_row", "豁免或无法判断", "Excused or unknown", "count"))
    return tuple(heads)
