"""What the choice of the allocation method changes: full cost of clinical centres by each of them."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.tables import Table
from analysis.presentation.wording import plural
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import head, table_money
from analysis.vocabulary import codes, label

_MOST = 15


def allocation_methods(report: Report) -> Finding:
    """Full cost of every clinical centre by direct, step-down and reciprocal allocation, over twelve months."""
    question = report.say("换一种分摊方法，科室全成本差多少？", "What does another allocation method change?")
    own, span = report.scheme["allocation"], report.twelve
    values = {"own_allocation": own, "own_scope": report.scheme["scope"], "periods": len(span.periods)}
    rows = report.sql("allocation_costs", **span.bounds, **values)
    if rows.empty:
        return absent(report, question, COSTS)
    wide = rows.pivot(index="cost_centre", columns="allocation", values="amount").fillna(0.0)
    methods = [own, *(name for name in codes("allocation_method") if name in wide and name != own)]
    wide["spread"] = wide[methods].max(axis=1) / wide[methods].min(axis=1).where(wide[methods].min(axis=1) > 0) - 1
    wide = wide.sort_values(["spread", own], ascending=False, kind="stable")
    wide["centre"] = report.named("cost_centre", wide.index)
    wide.loc["total"] = wide[methods].sum().round(2)
    wide.loc["total", "centre"] = report.say("合计", "Total")
    return Finding(
        question,
        _allocation_table(report, wide, methods),
        _allocation_text(report, wide, methods),
        (_allocation_note(report),),
    )


def _allocation_table(report: Report, rows: pd.DataFrame, methods: list[str]) -> Table:
    money = table_money(rows[methods[0]])
    heads = [head(report, "centre", "临床科室", "Clinical centre")]
    heads += [
        head(report, name, *(label("allocation_method", name, lang) for lang in ("zh", "en")), money)
        for name in methods
    ]  # type: ignore[arg-type]
    if len(methods) > 1:
        heads.append(head(report, "spread", "最大相差", "Largest difference", "percent1"))
    last = len(rows) - 1
    shown = (*range(min(_MOST, last)), last)
    sheet = report.say("分摊方法比较", "Allocation methods")
    return Table(rows, tuple(heads), sheet, report.style, strong=frozenset({last}), on_page=shown)


def _allocation_text(report: Report, rows: pd.DataFrame, methods: list[str]) -> str:
    if len(methods) == 1:
        return report.say(
            f"各月只有{label('allocation_method', methods[0], 'zh')}，无从比较。",
            f"The months hold {label('allocation_method', methods[0], 'en').lower()} only: nothing to compare.",
        )
    top = rows.iloc[0]
    write = report.style.write
    over = int((rows["spread"].iloc[:-1] > 0.01).sum())
    return report.say(
        f"{len(methods)} 种方法下，{top['centre']}相差最大（{write(top['spread'], 'percent1')}）；"
        f"{over} 个科室相差超过 1%。",
        f"By {len(methods)} methods {top['centre']} differs most ({write(top['spread'], 'percent1')}); "
        f"{plural(over, 'centre')} by more than 1%.",
    )


def _allocation_note(report: Report) -> str:
    words = report.twelve.words(report.language)
    return report.say(
        f"{words}合计，门诊与住院一起；合计相同，只是科室之间的分法不同。",
        f"{words} together, inpatients and outpatients; the total is the same, only its split between centres differs.",
    )
