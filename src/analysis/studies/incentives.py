"""What each incentive rule would have paid every department last year, and how much of it is chance."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.evaluation.incentive_rules import pay
from analysis.presentation.disclosure import hidden_groups
from analysis.presentation.finding import Finding
from analysis.presentation.numbers import Kind
from analysis.presentation.tables import Column, Table
from analysis.presentation.wording import listed, plural
from analysis.studies.incentive_year import IncentiveYear, incentive_year, settled
from analysis.studies.report import Report
from analysis.studies.study_tables import write_study
from analysis.studies.wide import head

#: From this share on a rule's spread between departments is said to be mostly chance.
_MOSTLY = 0.5


def would_have_paid(report: Report) -> Finding:
    """One row a department: its bonus and what each rule would have added or taken; chance in the last row."""
    question = report.say("各激励规则上年会给各科多少？", "What would each incentive rule have paid last year?")
    year = settled(report)
    if isinstance(year, str):
        return Finding(question, None, year)
    shown = _rows(report, year)
    titles = {"bonus": report.say("全年奖金", "Year's bonus")}
    titles |= {name: rule.label(report.language) for name, rule in year.rules.items()}
    heads = [head(report, "unit", "科室", "Department")]
    heads += [Column(name, report.style.with_unit(title, "money"), "by_row") for name, title in titles.items()]
    kinds: tuple[Kind, ...] = ("money",) * (len(shown) - 1) + ("percent0",)
    sheet, last = report.say("激励测算", "Incentives"), len(shown) - 1
    table = Table(shown, tuple(heads), sheet, report.style, by_row=kinds, strong=frozenset({last - 2}))
    return Finding(question, table, _text(report, year), _notes(report, year))


def keep_incentives(report: Report) -> Path:
    """Write what the rules would have paid as study F2_incentives_YEAR: one row a department, rule and part.

    Outcome `incentive` is the department's, `incentive_share` the part of it for the role of the lead: a sum for the
    role, nobody's name. A rule pays over a year of settled months, so that no closed month holds it.
    """
    year = incentive_year(report)
    leads = pd.concat([pay(rule, year.books, year.settings).assign(rule=name) for name, rule in year.rules.items()])
    whole = year.noise.merge(leads[["rule", "unit", "lead"]], on=["rule", "unit"])
    said = [f"chance share {share:.2f}" if share == share else "" for share in whole["noise"]]
    rows = [
        pd.DataFrame({"estimand": whole["unit"], "method": whole["rule"], "outcome": outcome, "estimate": whole[value],
                      "ci_low": low, "ci_high": high, "note": said})
        for outcome, value, low, high in (
            ("incentive", "amount", whole["ci_low"], whole["ci_high"]), ("incentive_share", "lead", np.nan, np.nan))
    ]  # fmt: skip
    made_from = {"year": year.year, "run_id": report.card["run_id"], "cases_left_out": year.left_out}
    made = pd.concat(rows, ignore_index=True)
    return write_study(report.folder, f"F2_incentives_{year.year}", {"effects": made}, made_from)


def _rows(report: Report, year: IncentiveYear) -> pd.DataFrame:
    """Departments by name, small ones and those without cases together; the hospital's sum; two rows on chance."""
    sums = year.books.groupby("unit")[["cases", "bonus"]].sum()
    wide = year.noise.pivot(index="unit", columns="rule", values="amount")[list(year.rules)]
    names = ["bonus", *wide.columns]
    wide = wide.assign(bonus=sums["bonus"])[names]
    counts = sums["cases"].reindex(wide.index).to_numpy()
    gone = hidden_groups(counts) | (counts == 0)
    parts = [wide[~gone].assign(unit=report.named("department", wide.index[~gone]))]
    if gone.any():
        parts.append(_sum(wide[gone], report.say("其他科室", "Other departments")))
    parts.append(_sum(wide, report.say("全院", "Hospital")))
    even = report.say("若各科都恰好收支平衡", "Were all to break even")
    parts.append(pd.DataFrame([year.at_break_even.to_dict() | {"unit": even}]))
    chance = year.noise.drop_duplicates("rule").set_index("rule")["noise"].to_dict()
    parts.append(pd.DataFrame([chance | {"unit": report.say("科室间差异中的偶然成分", "Chance in the spread")}]))
    return pd.concat(parts, ignore_index=True)


def _sum(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows.sum().to_frame().T.assign(unit=name)


def _text(report: Report, year: IncentiveYear) -> str:
    """Rules that chance alone would make pay as much, those whose spread is mostly chance, who is paid for a loss."""
    titles = {name: report.say(f"“{rule.zh}”", f'"{rule.en}"') for name, rule in year.rules.items()}
    sums = year.noise.groupby("rule")["amount"].sum()
    luck = [titles[name] for name, value in year.at_break_even.items() if abs(value) >= abs(sums[name])]
    chance = year.noise.drop_duplicates("rule").set_index("rule")["noise"]
    noisy = [titles[name] for name in year.rules if chance[name] > _MOSTLY]
    zh, en = [], []
    if luck:
        zh.append(f"若各科都恰好收支平衡，{listed(luck, 'zh', 9)}仅凭偶然也会收付这么多或更多")
        en.append(
            f"were all departments to break even, chance alone would move as much or more under {listed(luck, 'en', 9)}"
        )
    if noisy:
        zh.append(f"{listed(noisy, 'zh', 9)}的科室差异一半以上出于偶然")
        en.append(f"most of the spread between departments is chance in {listed(noisy, 'en', 9)}")
    for name, count in _losing(year).items():
        zh.append(f"{titles[name]}奖励了 {count} 个全年成本高于收入的科室")
        en.append(f"{titles[name]} pays {plural(count, 'department')} whose year cost more than it earned")
    said = report.say("；".join(zh), "; ".join(en)) or report.say("见表", "see the table")
    return report.say(f"{year.year} 年：{said}。", f"{year.year}: {said}.")


def _losing(year: IncentiveYear) -> dict[str, int]:
    """By rule on cost: departments that it pays although their year's full cost is above their income."""
    sums = year.books.groupby("unit")[["costed_payment", "cost"]].sum()
    lost = sums.index[sums["cost"] > sums["costed_payment"]]
    paid = year.noise[(year.noise["amount"] > 0) & year.noise["unit"].isin(lost)].groupby("rule")["unit"].nunique()
    return {name: int(paid.get(name, 0)) for name, rule in year.rules.items()
            if rule.basis == "cost_margin" and rule.kind == "margin" and paid.get(name, 0)}  # fmt: skip


def _notes(report: Report, year: IncentiveYear) -> tuple[str, ...]:
    write, rules = report.style.write, year.settings
    floor, cap = (write(value, "percent0") for value in (rules.floor, rules.cap))
    before = sum(float(pay(rule, year.books, rules)["raw"].sum()) for rule in year.rules.values() if rule.deducted)
    basis = report.say(
        f"只用已清算病例（{year.year} 年，{len(year.cases):,} 例；{year.left_out} 例尚为预结，未计入），规则与假设见 "
        f"parameters/incentives。每条规则单独测算，全年以奖金的 {floor} 至 {cap} 为限；不设限时扣减类规则合计 "
        f"{report.style.money(before, signed=True)}。主诊份额为岗位合计，不指向个人。",
        f"Settled cases only ({year.year}, {len(year.cases):,} cases; {year.left_out} still provisional are left out); "
        f"rules and their assumptions: parameters/incentives. Each rule by itself, between {floor} and {cap} of the "
        "year's bonus; without these limits the rules that deduct would sum to "
        f"{report.style.money(before, signed=True)}. What goes to the lead is a sum for the role, nobody's name.",
    )
    chance = report.say(
        "收支平衡行：各科各月盈亏的期望设为零时，规则仅因偶然波动仍会收付的合计（扣罚与返还不对称，"
        "或只奖不罚）。偶然成分 = 重抽本年病例与拒付时，各科“金额/奖金”的平均方差 ÷ 科室间方差："
        "另一批同类患者就会改变的部分。",
        "Break even: what a rule would pay or take in all by chance alone if every department's margin were expected "
        "to be nought in every month (it takes more than it returns, or pays and never takes). Chance: mean variance "
        "of amount / bonus within departments when the year's cases and denials are drawn again, divided by its "
        "variance between departments: what another draw of like patients would change.",
    )
    return (basis, _grounds(report, year), chance, *_lead_note(report, year))


def _grounds(report: Report, year: IncentiveYear) -> str:
    """What rules on margins set against the payment, and what the whole hospital's year came to by it.

    A department in surplus is paid although the hospital as a whole may have none.
    """
    titles = {
        basis: [report.say(f"“{rule.zh}”", f'"{rule.en}"') for rule in year.rules.values()
                if rule.kind == "margin" and rule.basis == basis]
        for basis in ("payment_margin", "cost_margin")
    }  # fmt: skip
    sums = year.books[["payment_margin", "costed_payment", "cost"]].sum()
    by_charge = report.style.money(float(sums["payment_margin"]), signed=True)
    by_cost = report.style.money(float(sums["costed_payment"] - sums["cost"]), signed=True)
    return report.say(
        f"看支付减收费的：{listed(titles['payment_margin'], 'zh', 9) or '无'}，全院全年合计 {by_charge}；"
        f"看支付减全成本的：{listed(titles['cost_margin'], 'zh', 9) or '无'}，合计 {by_cost}。"
        "两种口径下同一科室可能一扣一奖；"
        "全成本含分摊的固定成本，节约不等于现金，全院亏损时奖励仍须另筹。",
        f"Payment less charges is what counts in {listed(titles['payment_margin'], 'en', 9) or 'none'}, over the "
        f"hospital's year {by_charge}; payment less full cost in {listed(titles['cost_margin'], 'en', 9) or 'none'}, "
        f"over the year {by_cost}. One department may lose by the first and gain by the second. Full cost holds "
        "allocated fixed cost: what is saved of it is not cash; where the hospital as a whole loses, rewards must "
        "come from elsewhere.",
    )


def _lead_note(report: Report, year: IncentiveYear) -> tuple[str, ...]:
    """What goes to the role of the lead, by rule; nothing where no rule has a share for it."""
    paid = {rule: pay(rule, year.books, year.settings)["lead"].sum() for rule in year.rules.values() if rule.lead}
    sums = [f"{rule.label(report.language)} {report.style.money(float(value))}" for rule, value in paid.items()]
    if not sums:
        return ()
    return (report.say(f"其中归主诊岗位：{'、'.join(sums)}。", f"Of it to the role of the lead: {'; '.join(sums)}."),)
