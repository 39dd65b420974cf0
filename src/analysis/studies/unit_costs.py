"""What a visit and a bed-day cost, by department and for the hospital."""

import pandas as pd

from analysis.presentation.finding import Finding
from analysis.presentation.numbers import is_empty
from analysis.presentation.tables import Table
from analysis.presentation.wording import listed
from analysis.studies.absent import COSTS, absent
from analysis.studies.report import Report
from analysis.studies.wide import head, item_heads, wide

_SETTINGS = {"outpatient": "visits", "inpatient": "bed_days"}


def unit_costs(report: Report) -> Finding:
    """Cost per visit and per bed-day of every department: full cost of the month / visits, / occupied bed-days."""
    question = report.say("一个诊次、一个床日花多少成本？", "What does a visit cost, and a bed-day?")
    rows = report.sql("unit_cost_items")
    if rows.empty or not rows["units"].notna().any():
        return absent(report, question, "unit cost per visit and bed-day", COSTS)
    made = _units(rows)
    names = report.names("department") | report.names("cost_centre") | {"": report.say("全院", "Hospital")}
    made["name"] = [names.get(code, code) for code in made["department"]]
    total = made.iloc[-1]
    words = []
    for unit, zh, en in (("visits", "诊次成本", "a visit costs"), ("bed_days", "床日成本", "a bed-day costs")):
        if not is_empty(total[f"per_{unit}"]):
            words.append(report.say(zh, en) + " " + report.style.money(total[f"per_{unit}"]))
    text = report.say(f"全院{listed(words, 'zh')}。", f"In the whole hospital {listed(words, 'en')}.")
    return Finding(question, _table(report, made), text, _notes(report))


def _units(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a department by cost of both settings, the hospital last: units, cost, and cost a unit by item."""
    parts = []
    for setting, unit in _SETTINGS.items():
        one = rows[(rows["setting"] == setting) & (rows["units"] > 0)]
        costs = wide(one, ["department"]).set_index("department")
        costs[unit] = one.groupby("department")["units"].first()
        costs.loc[""] = costs.sum()
        units = costs.pop(unit)
        per = costs.div(units.where(units > 0), axis=0).rename(columns={"total": "per"}).add_suffix(f"_{unit}")
        parts += [units, costs["total"].rename(f"cost_{unit}"), per]
    made = pd.concat(parts, axis=1).rename_axis("department").reset_index()
    made["cost"] = made[["cost_visits", "cost_bed_days"]].sum(axis=1)
    hospital = made["department"] == ""
    order = made[~hospital].sort_values(["cost", "department"], ascending=[False, True])
    return pd.concat([order, made[hospital]], ignore_index=True)


def _table(report: Report, rows: pd.DataFrame) -> Table:
    heads = [head(report, "name", "科室", "Department")]
    words = {"visits": (("诊次", "Visits"), ("诊次成本", "Cost per visit")),
             "bed_days": (("床日", "Bed-days"), ("床日成本", "Cost per bed-day"))}  # fmt: skip
    for unit, (units, per) in words.items():
        if rows[unit].notna().any():
            heads.append(head(report, f"cost_{unit}", f"{units[0]}全成本", f"Full cost of {units[1].lower()}", "money"))
            heads.append(head(report, unit, *units, "count"))
            heads.append(head(report, f"per_{unit}", *per, "money2"))
            heads += item_heads(
                report, "money2", f"_{unit}", (f"·每{units[0]}", f"per {units[1].lower()[:-1]}"), on_page=False
            )
    sheet = report.say("诊次与床日成本", "Visits and bed-days")
    return Table(rows, tuple(heads), sheet, report.style, strong=frozenset({len(rows) - 1}))


def _notes(report: Report) -> tuple[str, ...]:
    return (
        report.say(
            "诊次成本 = 门诊全成本 / 诊次，床日成本 = 住院全成本 / 实际占用床日，均含药品与材料；"
            "工作簿另列七项成本。无工作量的科室不计入。",
            "Cost per visit = outpatient full cost / visits; per bed-day = inpatient full cost / occupied bed-days, "
            "drugs and materials included; the workbook has the seven items. Without workload, no row.",
        ),
    )
