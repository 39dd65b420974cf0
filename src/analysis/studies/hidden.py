"""What the pages of one close hide, decided once for all of them: departments, department x DRG, department x month.

A page alone can protect its own table; what the overview shows less what the department pages show must not give a
small group away either.
"""

import numpy as np
import pandas as pd

from analysis.presentation.cross_hiding import plan_cross
from analysis.presentation.disclosure import LIMIT, Line, hidden_groups, hidden_in_lines
from analysis.studies.report import Report, Span

#: Indicators that are a mean over cases: small where these cases are few, however many were discharged.
PER_CASE = {"cmi", "charge_per_case", "mean_stay", "readmission_30d", "complication_rate", "satisfaction"}


def hidden_departments(report: Report, span: Span) -> set[str]:
    """Departments not shown over a span: those under ten, and those that would give them away."""
    rows = report.sql("department_margins", **span.bounds)
    return set(rows.loc[hidden_groups(rows["cases"].to_numpy()), "department"]) if len(rows) else set()


def plan_drgs(report: Report) -> None:
    """Make table drg_plan: one row a department x DRG of the last twelve months.

    `hidden`: not shown on the department's page, but in its row of other groups. `counted`: part of the hospital's
    figures of the DRG.
    """
    if is_made(report, "drg_plan"):
        return
    cells = report.sql("drg_cells", **report.twelve.bounds)
    keys = cells[["department", "drg_code"]].astype(object).where(cells[["department", "drg_code"]].notna(), "")
    rows, departments = pd.factorize(keys["department"])
    places, drgs = pd.factorize(keys["drg_code"])
    measures = [_wide(cells[name].to_numpy(), rows, places) for name in ("cases", "priced")]
    no_page = np.isin(departments, [*hidden_departments(report, report.twelve), ""])
    ungrouped = drgs == ""
    plan = plan_cross(measures, no_page, ungrouped, ungrouped & (report.this_year == report.twelve))
    hidden = plan.hidden[rows, places]
    counted = (~hidden | plan.whole[places]) & (keys["drg_code"] != "").to_numpy()
    report.engine.put("drg_plan", cells[["department", "drg_code"]].assign(hidden=hidden, counted=counted))


def plan_denials(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """What is hidden of denials, departments x reasons.

    Returns
    -------
    Cells hidden; departments hidden altogether, with fewer than ten denials or beside these; reasons without a total.
    """
    gone = pd.Series(hidden_groups(counts.sum(axis=1).to_numpy()), index=counts.index)
    none = np.zeros(counts.shape[1], dtype=bool)
    plan = plan_cross([counts.to_numpy(dtype=float)], gone.to_numpy(), none, none)
    few = hidden_groups(counts.sum().to_numpy()) | ~plan.whole
    cells = pd.DataFrame(plan.hidden, index=counts.index, columns=counts.columns)
    return cells, gone, pd.Series(few, index=counts.columns)


def _wide(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    wide = np.zeros((rows.max(initial=0) + 1, columns.max(initial=0) + 1))
    wide[rows, columns] = values
    return wide


def hidden_months(report: Report, department: str, indicator: str = "discharges") -> pd.Series:
    """Which months of the trend a department does not show of an indicator, by period name.

    Hidden are months of fewer than ten discharges, and of fewer than ten cases the indicator is computed from, and with
    them the months that would give them away: by a total over months, or by the hospital's figure of the month.
    """
    if not is_made(report, "month_plan"):
        plans = {name: _hidden_of(report, name) for name in ("discharges", *sorted(PER_CASE))}
        parts = [plan.rename_axis("department").reset_index().assign(indicator=name) for name, plan in plans.items()]
        long = [part.melt(["department", "indicator"], var_name="period", value_name="hidden") for part in parts]
        report.engine.put("month_plan", pd.concat(long))
    rows = report.sql("hidden_months", department=department, indicator=indicator)
    gone = rows.set_index("period")["hidden"].astype(bool)
    return gone.reindex([period.name for period in report.trend], fill_value=False)


def is_made(report: Report, table: str) -> bool:
    """True where a table stands in the report's engine already."""
    return bool(
        report.engine.value("select count(*) from information_schema.tables where table_name = $table", table=table)
    )


def _hidden_of(report: Report, indicator: str) -> pd.DataFrame:
    """Departments x months of the trend, True = hidden."""
    rows = report.sql("month_cells", indicator=indicator)
    wide = rows.assign(subject=rows["subject"].fillna("")).pivot(index="subject", columns="period", values="cases")
    months = [period.name for period in report.trend]
    lines, parts = _lines(report, months)
    wide = wide.reindex(columns=sorted({*wide.columns, *months}.union(*parts))).fillna(0)
    counts = np.column_stack([wide[months].to_numpy(), *(wide[names].sum(axis=1).to_numpy() for names in parts)])
    hidden = (counts > 0) & (counts < LIMIT)
    for span in filter(None, (report.twelve, *report.compared)):
        inside = np.isin(months, [period.name for period in span.periods])
        hidden[np.ix_(wide.index.isin(hidden_departments(report, span)), np.flatnonzero(inside))] = True
    hidden &= counts > 0
    known: list[Line] = [(row, line) for row in np.flatnonzero(wide.index != "").tolist() for line in lines]
    if indicator == "discharges":
        known += [(slice(None), month) for month in range(len(months))]
    return pd.DataFrame(hidden_in_lines(counts, hidden, known)[:, : len(months)], index=wide.index, columns=months)


def _lines(report: Report, months: list[str]) -> tuple[list[list[int]], list[list[str]]]:
    """Columns whose sums over a department are known, and the periods outside the trend that some of them hold.

    Known are the last twelve months, the span compared and the one before it; of two that lie in each other, the inner
    one and the rest.
    """
    now, before = report.compared
    twelve, inner = ([period.name for period in span.periods] for span in (report.twelve, now))
    spans = [inner, [name for name in twelve if name not in inner]]
    past = [period.name for period in before.periods] if before else []
    outside = [name for name in past if name not in months]
    lines = [[months.index(name) for name in names if name in months] for names in (*spans, past)]
    if outside:
        lines[2].append(len(months))
    return [line for line in lines if line], [outside] if outside else []
