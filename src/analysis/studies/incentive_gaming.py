"""Which incentive rule invites gaming: what each behaviour would have brought by each rule."""

from pathlib import Path

import pandas as pd

from analysis.evaluation.incentive_settings import Behaviour, Conduct
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.cause_words import lower
from analysis.studies.incentive_year import IncentiveYear, incentive_year, settled
from analysis.studies.report import Report
from analysis.studies.study_tables import write_study
from analysis.studies.wide import head

#: Gain for a hundred cases from which a rule is said to reward a behaviour.
_FLOOR = 100.0


def invites_gaming(report: Report) -> Finding:
    """A matrix behaviour x rule: gain of the departments for a hundred cases so treated; red where rewarded."""
    question = report.say("哪条规则会诱发钻空子？", "Which rule invites gaming?")
    year = settled(report)
    if isinstance(year, str):
        return Finding(question, None, year)
    wide = _matrix(year)
    harms = year.settings.behaviours
    shown = wide.assign(
        behaviour=[harms[name].label(report.language) for name in wide.index],
        harm=[harms[name].harm.label(report.language) for name in wide.index],
    ).reset_index(drop=True)
    heads = [head(report, "behaviour", "行为", "Behaviour"), head(report, "harm", "谁受损", "Who is harmed")]
    heads += [Column(name, rule.label(report.language), "money") for name, rule in year.rules.items()]
    red = frozenset((i, name) for name in wide.columns for i, gain in enumerate(wide[name]) if gain > _FLOOR)
    sheet = report.say("规则博弈", "Gaming")
    table = Table(shown, tuple(heads), sheet, report.style, alarm=red)
    return Finding(question, table, _text(report, year, wide), _notes(report, year), alarm=bool(red))


def keep_gaming(report: Report) -> Path:
    """Write the matrix as study F2_gaming_YEAR: scenario = behaviour, outcome = rule, money of all departments."""
    year = incentive_year(report)
    paid = year.noise.groupby("rule")["amount"].sum()
    rows = year.gaming
    before = rows["rule"].map(paid)
    made = pd.DataFrame({
        "scenario": rows["behaviour"], "outcome": rows["rule"], "baseline": before, "changed": before + rows["gain"],
        "difference": rows["gain"],
    })  # fmt: skip
    made_from = {"year": year.year, "run_id": report.card["run_id"]}
    return write_study(report.folder, f"F2_gaming_{year.year}", {"scenario_outcomes": made}, made_from)


def _matrix(year: IncentiveYear) -> pd.DataFrame:
    """Gain for a hundred cases: rows behaviours, columns rules, both in the order of the file."""
    wide = year.gaming.pivot(index="behaviour", columns="rule", values="per_hundred")
    return wide.loc[list(year.settings.behaviours), list(year.rules)]


def _text(report: Report, year: IncentiveYear, wide: pd.DataFrame) -> str:
    rewarded = (wide > _FLOOR).sum()
    names = {name: report.say(f"“{rule.zh}”", f'"{rule.en}"') for name, rule in year.rules.items()}
    most = [names[name] for name in wide.columns if rewarded[name] == rewarded.max()] if rewarded.max() else []
    never = [names[name] for name in wide.columns if rewarded[name] == 0]
    if not most:
        return report.say("没有规则奖励所试的行为。", "No rule rewards any behaviour tried.")
    zh = f"{len(wide)} 种行为中，{listed(most, 'zh', 9)}奖励 {rewarded.max()} 种"
    are = "is" if rewarded.max() == 1 else "are"
    en = f"Of {plural(len(wide), 'behaviour')}, {rewarded.max()} {are} rewarded by {listed(most, 'en', 9)}"
    for name in wide.columns[(wide < -_FLOOR).any()]:
        punished = [year.settings.behaviours[row].label(report.language) for row in wide.index[wide[name] < -_FLOOR]]
        zh += f"；{names[name]}会惩罚{listed(punished, 'zh', 9)}"
        en += f"; {names[name]} punishes {listed([lower(word) for word in punished], 'en', 9)}"
    if never:
        zh += f"；{listed(never, 'zh', 9)}不奖励任何一种"
        en += f"; none is rewarded by {listed(never, 'en', 9)}"
    return report.say(zh + "。", en + ".")


def _notes(report: Report, year: IncentiveYear) -> tuple[str, ...]:
    affected = year.gaming.drop_duplicates("behaviour").set_index("behaviour")["affected"]
    lines = [
        f"{how.label(report.language)}{report.say('：', ': ')}{_size(report, how, int(affected[name]))}"
        for name, how in year.settings.behaviours.items()
    ]
    unit = report.style.unit
    basis = report.say(
        f"每 100 例受影响病例，全部科室合计多得的金额（{unit}），已受奖金上下限约束：触底的科室怎样做都不再变化。"
        "把上年已清算病例按假设改动后重新计算，假定无人查出；幅度为假设，看正负与次序，不看大小。",
        f"Gain of all departments together ({unit}) for 100 cases so treated, within floor and cap: a department at "
        "its floor gains nothing more. Last year's settled cases are changed as assumed and paid again, "
        "nobody noticing; the sizes are assumptions: sign and order count.",
    )
    return (basis, report.say("假设：", "Assumed: ") + report.say("；", "; ").join(lines) + report.say("。", "."))


def _size(report: Report, how: Behaviour, affected: int) -> str:
    """What a behaviour was assumed to change, in words."""
    more, less = report.style.write(how.income, "percent0"), report.style.write(how.cost, "percent0")
    back = report.style.write(how.readmissions, "percent0")
    words: dict[Conduct, tuple[str, str]] = {
        "early_discharge": (f"早 {how.days:g} 天，{back} 再入院", f"{how.days:g} days sooner, {back} come back"),
        "upcoding": (f"收入高 {more}", f"{more} more income"),
        "mild_cases": ("费用最高的病例不收", "the dearest are sent elsewhere"),
        "split_stays": (f"一次变两次，费用多 {less}", f"one stay made two, cost {less} higher"),
        "shift_to_patient": (f"{less} 费用转院外", f"{less} of the cost outside the bill"),
        "postpone_cost": (
            f"亏损月 {less} 费用记入有结余的次月",
            f"{less} of a losing month's cost into a month that earns",
        ),
    }
    size, cases = report.say(*words[how.conduct]), report.say(f"{affected:,} 例", f"{affected:,} cases")
    return f"{size}{report.say('，', ', ')}{cases}"
