"""How a DRG's payment standard is parted into caps, and how many cases go beyond which (B4)."""

import pandas as pd

from analysis.presentation.disclosure import LIMIT, is_small
from analysis.presentation.finding import Finding
from analysis.presentation.tables import Chart, Table
from analysis.studies.hidden import plan_drgs
from analysis.studies.report import Report
from analysis.studies.wide import head
from analysis.vocabulary import codes, label

_SHARE_MUCH = 0.5


def cap_decomposition(report: Report, drg_code: str) -> Finding:
    """Caps of a DRG's charge categories beside its mean charges, over the last twelve months.

    Columns of the table: category, cap (of one case), charge (mean of a case), use (charge / cap), over_share (share of
    the cases whose charges are above the cap). The caps sum to the payment standard.
    """
    name = f"{drg_code} {report.name('drg', drg_code)}"
    question = report.say(
        "支付标准怎样分解，哪一类超了？", "How is the payment standard parted, and what exceeds its cap?"
    )
    plan_drgs(report)
    rows = report.sql("drg_caps", **report.twelve.bounds, drg_code=drg_code)
    if rows.empty or rows["cap"].isna().all():
        return Finding(question, None, _none(report, name))
    if rows["priced"].max() < LIMIT:
        text = report.say(f"{name}不足 {LIMIT} 例，不列示。", f"{name}: fewer than {LIMIT} cases, not shown.")
        return Finding(question, None, text)
    rows = _measured(report, rows)
    over = rows[rows["over_share"] >= _SHARE_MUCH]
    alarm = frozenset((i, "over_share") for i in rows.index if rows["over_share"].iloc[i] >= _SHARE_MUCH)
    heads = (
        head(report, "label", "费用类别", "Category"),
        head(report, "cap", "控制额", "Cap", "money"),
        head(report, "charge", "例均费用", "Charge per case", "money"),
        head(report, "use", "占控制额", "Of the cap", "percent1"),
        head(report, "over_share", "超额病例占比", "Cases above", "percent1"),
    )
    sheet = report.say("支付标准分解", "Caps")
    table = Table(rows, heads, sheet, report.style, alarm=alarm, strong=frozenset({len(rows) - 1}),
                  chart=Chart("bar", "label", ("cap", "charge")))  # fmt: skip
    return Finding(question, table, _text(report, name, rows, over), _notes(report, rows), alarm=bool(len(over)))


def _measured(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the categories' order with their total, per case."""
    rows = rows.set_index("category").reindex([c for c in codes("charge_category") if c in set(rows["category"])])
    into = [label("charge_category", c, report.language) if isinstance(c, str) else "" for c in rows["counted_in"]]
    names = [label("charge_category", category, report.language) for category in rows.index]
    rows["label"] = [
        report.say(f"{own}（并入{joint}）", f"{own} (in {joint.lower()})") if joint else own
        for own, joint in zip(names, into, strict=True)
    ]
    rows["charge"] = rows["charge"] / rows["priced"]
    rows["use"] = rows["charge"] / rows["cap"].where(rows["cap"] > 0)
    rows["over_share"] = rows["over_cap"].astype(float) / rows["priced"]
    alone = rows[rows["cap"].notna()]
    total = {"label": report.say("合计 = 支付标准", "Total = payment standard"), "cap": alone["cap"].sum()}
    total |= {"charge": alone["charge"].sum(), "use": alone["charge"].sum() / alone["cap"].sum()}
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def _none(report: Report, name: str) -> str:
    return report.say(
        f"{name}没有可列示的病例，或参数未分解其支付标准、上年也没有可依据的病例。",
        f"{name} has no cases to show, or no file parts its standard and the year before has too few to go by.",
    )


def _text(report: Report, name: str, rows: pd.DataFrame, over: pd.DataFrame) -> str:
    standard = report.style.money(rows["cap"].iloc[-1])
    zh, en = f"{name}的支付标准 {standard}", f"{name}: the standard of {standard}"
    if over.empty:
        return report.say(f"{zh}，各类均在多数病例中未超控制额。", f"{en} is kept in every category by most cases.")
    worst = over.sort_values("over_share", ascending=False, kind="stable").iloc[0]
    share = report.style.write(worst["over_share"], "percent1")
    return report.say(
        f"{zh}；超得最多的是{worst['label']}：{share} 的病例超过控制额，例均为控制额的 "
        f"{report.style.write(worst['use'], 'percent1')}。",
        f"{en} is exceeded most in {worst['label'].lower()}: {share} of the cases are above the cap, the mean case at "
        f"{report.style.write(worst['use'], 'percent1')} of it.",
    )


def _notes(report: Report, rows: pd.DataFrame) -> tuple[str, ...]:
    words, cases = report.twelve.words(report.language), int(rows["priced"].max())
    told = not is_small(rows["all_cases"].max() - cases)
    which = report.say(f"{cases} 例", f"{cases:,} cases") if told else report.say("病例", "cases")
    return (
        report.say(
            f"{words}，有支付标准的{which}。各类控制额之和等于当月病例的平均支付标准；红色：半数及以上病例超额。",
            f"{words}, {which} with a payment standard. The caps sum to the mean payment standard of the month's "
            "cases; red: half of the cases or more are above.",
        ),
    )
