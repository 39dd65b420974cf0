"""The data-quality page: score, what to mend first, and what the folder holds; one self-contained HTML file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.files import write_text
from analysis.sources.check_catalogue import kind_label
from analysis.sources.quality import MINOR, WEIGHTS, QualityReport
from analysis.vocabulary import LANGUAGES, Language

_GOOD, _FAIR = 95, 80


def write_quality_page(report: QualityReport, path: Path, language: Language) -> Path:
    """Write the report of `check_hospital` as HTML (printable on A4, no external links, all data escaped).

    The page names stays and lines by their numbers, so that they can be found and mended: it is for the data
    steward, not for circulation, and says so.
    """
    environment = Environment(
        loader=PackageLoader("analysis.reporting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"count": "{:,}".format, "percent": _percent}
    html = environment.get_template("quality_page.html").render(_content(report, language))
    return write_text(Path(path), html)


def _content(report: QualityReport, language: Language) -> dict[str, Any]:
    failed = report.failed()
    checks = failed.to_dict("records")
    for check in checks:
        check["text"], check["mend"] = check[language], check[f"mend_{language}"]
    passed = report.checks[report.checks["failing"] == 0]
    return {
        "language": language,
        "t": _chooser(language),
        "hospital": report.card.name if language == "zh" else report.card.name_en,
        "folder": report.name,
        "score": f"{report.score:.1f}",
        "level": "good" if report.score >= _GOOD else "fair" if report.score >= _FAIR else "poor",
        "sentence": _sentence(report, language),
        "groups": report.groups.to_dict("records"),
        "checks": checks,
        "passed": [(group, _families(passed[passed["group"] == group], language)) for group in report.groups["group"]],
        "passed_count": len(passed),
        "tables": _tables(report, language),
        "weights": WEIGHTS,
        "minor": _percent(MINOR),
    }


def _chooser(language: Language) -> Callable[[str, str], str]:
    """`t(zh, en)` of the template."""
    return lambda zh, en: (zh, en)[LANGUAGES.index(language)]


def _sentence(report: QualityReport, language: Language) -> str:
    """What the page says in one sentence."""
    failed = report.failed()
    counts = {severity: int((failed["severity"] == severity).sum()) for severity in WEIGHTS}
    counts = {severity: count for severity, count in counts.items() if count}
    rows = int(report.tables["rows"].sum())
    if language == "zh":
        head = f"共检查 {len(report.tables)} 张表、{rows:,} 行数据，完成 {len(report.checks)} 项检查"
        if failed.empty:
            return f"{head}，未发现问题。"
        names = {"error": "错误", "warning": "警告", "note": "提示"}
        found = "、".join(f"{n} 项{names[severity]}" for severity, n in counts.items())
        return f"{head}，发现 {found}；首先处理：{failed.iloc[0]['zh']}。"
    head = f"{len(report.checks)} checks over {len(report.tables)} tables and {rows:,} rows"
    if failed.empty:
        return f"{head} found nothing to mend."
    found = " and ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items())
    return f"{head} found {found}. Mend first: {failed.iloc[0]['en']}."


def _tables(report: QualityReport, language: Language) -> list[dict[str, Any]]:
    """Each table with the columns that are not filled everywhere, and those that are not brought at all."""
    tables = []
    columns = dict(list(report.completeness.groupby("table")))
    for row in report.tables.to_dict("records"):
        mine: pd.DataFrame = columns[row["table"]]
        partly = mine[(mine["filled"] > 0) & (mine["filled"] < 1)].sort_values("filled", kind="stable")
        empty = mine[mine["filled"] == 0] if row["rows"] else mine.iloc[:0]
        tables.append(
            row
            | {
                "label": row[language],
                "span": " – ".join(dict.fromkeys(end for end in (row["first"], row["last"]) if end)),
                "brought": len(mine) - len(empty),
                "columns": len(mine),
                "filled": mine.loc[mine["filled"] > 0, "filled"].mean() if row["rows"] else 0.0,
                "partly": [{"label": c[language], "filled": c["filled"]} for c in partly.to_dict("records")],
                "empty": list(empty[language]),
            }
        )
    return tables


def _families(passed: pd.DataFrame, language: Language) -> list[tuple[str, int]]:
    """Families of checks and how many each has."""
    labels = passed["id"].map(lambda check: kind_label(check, language))
    return list(labels.value_counts(sort=False).items())


def _percent(share: float) -> str:
    """A share that is never rounded to 0 % or 100 % unless it is exactly that."""
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{100 * share:.1f}%".replace(".0%", "%")
