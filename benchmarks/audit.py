"""`python -m benchmarks.audit DATA`: the rule engine on a hospital's year, beside plain scans and the same in pandas.

Rules: parameters/rules/demo_local (every template) and 900 made-up pairs of services, as many as the national list has:
pairs that rarely hit, and as a second row any pairs, which hit every tenth line. Scans and audit run in processes of
their own; pandas runs on one month, against the same rules in the engine.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import numpy as np

from analysis.audit.compile import compile_rules
from analysis.audit.judging import Span, find_hits, find_lines
from analysis.audit.moment import open_moment
from analysis.audit.monthly import attach_encounters, audit_period, audit_span
from analysis.audit.order_check import check_order
from analysis.audit.rule_files import read_rules
from analysis.audit.rules import Rule
from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.hospital import open_hospital
from analysis.periods import Period, parse_range
from analysis.settings import parameters_folder
from benchmarks.audit_pandas import in_pandas
from benchmarks.measured import Clock, Measured, machine, measure
from benchmarks.steps import scan

PAIRS = 900
#: A pair hits rarely where no more than this part of a month's stays have both services at all.
RARE = 0.003
#: Services of less than half a per cent of the lines each (what stands beside each other every day is no rule), two by
#: two, with the stays of the month that have both.
_PAIRS = """with seldom as (
        select item_code from charges join items using (item_code)
        where kind not in ('drug', 'consumable', 'blood', 'bed')
        group by item_code having count(*) < 0.005 * (select count(*) from charges)),
    used as (select distinct stay_id, item_code from charges where item_code in (select item_code from seldom))
    select a.item_code as first, b.item_code as second, count(y.stay_id) as stays,
        (select count(distinct stay_id) from charges) as all_stays
    from seldom a join seldom b on a.item_code <> b.item_code
    left join used x on x.item_code = a.item_code
    left join used y on y.stay_id = x.stay_id and y.item_code = b.item_code
    group by a.item_code, b.item_code order by a.item_code, b.item_code"""
_HEADINGS = ("seconds", "processor seconds", "scans by stay", "by processor", "peak memory")
_WINDOWS = ("day", "visit", "six_hours", "hour")
#: Rules that both engine and pandas judge in the comparison.
_BOTH = ("pair", "frequency", "attribute", "list", "execution")
#: Tables that they need besides lines, orders and visits.
_READ = ("hospitals", "stays", "items", "item_codes", "item_components")


def pair_rules(pairs: list[tuple[str, str]], count: int = PAIRS) -> list[Rule]:
    """Made-up pairs of services, drawn from those given, windows in turn."""
    drawn = np.random.default_rng(900).choice(len(pairs), count, replace=False)
    text = {"zh": "{item} {other}", "en": "{item} {other}"}
    return [
        Rule(
            id=f"bench.pair.x{number}", title=text, template="pair", items=[b], others=[a], basis=text, said=text,
            window=_WINDOWS[number % 4], result="violation", effective_from=date(2020, 1, 1),
        )
        for number, (a, b) in enumerate(pairs[place] for place in drawn)
    ]  # fmt: skip


def rules_of(data: Path, often: bool = False) -> list[Rule]:
    """The hospital's own rules and pairs: of services that few stays have both of, or (`often`) of any."""
    hospital = open_hospital(data)
    with Engine() as engine:
        hospital.attach(engine)
        hospital.attach_partitions(engine, [Period("2023-06")])
        met = engine.frame(_PAIRS)
    chosen = met if often else met[met["stays"] <= RARE * met["all_stays"]]
    own = read_rules(["demo_local"], parameters_folder() / "rules").rules
    return [*own, *pair_rules(list(zip(chosen["first"], chosen["second"], strict=True)))]


def audit_months(data: Path, periods: list[Period], often: bool = False) -> Measured:
    """Every month as closing judges it; rows are findings."""
    hospital, rules, found = open_hospital(data), rules_of(data, often), 0
    with Engine() as engine:
        hospital.attach(engine)
        clock = Clock()
        for period in periods:
            audit_period(engine, hospital, period, rules)
            found += engine.value("select count(*) from findings")
        return clock.read(found)


def audit_year(data: Path, periods: list[Period]) -> Measured:
    """All months as one span."""
    hospital, rules = open_hospital(data), rules_of(data)
    with Engine() as engine:
        hospital.attach(engine)
        clock = Clock()
        audit_span(engine, hospital, Span(periods[0].start, periods[-1].end), rules)
        return clock.read(engine.value("select count(*) from findings"))


def check_orders(data: Path, period: Period, checks: int = 100) -> Measured:
    """Median seconds of checking one order of a patient in house in the middle of a month; rows are findings."""
    own = read_rules(["demo_local"], parameters_folder() / "rules").rules
    moment = open_moment(open_hospital(data), period.start + timedelta(days=14, hours=10), own)
    stays = moment.engine.frame("select stay_id from moment_encounters order by stay_id")["stay_id"].tolist()
    items = sorted({item for rule in own for item in rule.items})
    clocks, found = [], 0
    for number in range(checks):
        clock = Clock()
        found += len(check_order(moment, stays[number % len(stays)], items[number % len(items)]))
        clocks.append(clock.read())
    middle = median(clock.seconds for clock in clocks), median(clock.processor for clock in clocks)
    moment.close()
    return Measured(middle[0], found, middle[0], middle[1])


def compared(data: Path, period: Period, kind: str) -> Measured:
    """Lines judged by the rules that both know, before any condition, in the engine or in pandas, reading included."""
    hospital = open_hospital(data)
    rules = [simple(r) for r in rules_of(data) if r.template in _BOTH and not r.panels and not r.national]
    clock = Clock()
    if kind == "pandas":
        return clock.read(in_pandas(hospital, period, rules))
    span = Span(period.start, period.end)
    with Engine() as engine:
        for name in _READ:
            engine.load(contract_tables()[name], hospital.files(name))
        plan = compile_rules(engine, rules)
        find_lines(engine, span, plan, attach_encounters(engine, hospital, span, plan))
        find_hits(engine, span, plan)
        return clock.read(engine.value("select count(*) from audit_hits where role = 'judged'"))


def simple(rule: Rule) -> Rule:
    """The rule without the conditions pandas is not asked for: candidates are compared."""
    none: list = []
    return rule.model_copy(
        update={"where": none, "unless": none, "indications": none, "evidence": none, "subsumes": none}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--orders", action="store_true", help="only the check of an order")
    parser.add_argument("--periods", default="2023-01..2023-12")
    parser.add_argument("--month", default="2023-06")
    chosen = parser.parse_args()
    data, periods, month = chosen.data, parse_range(chosen.periods), Period(chosen.month)
    if chosen.orders:
        checked = measure(check_orders, data, month)
        print(f"one order: {checked.seconds * 1000:.0f} ms, {checked.processor * 1000:.0f} ms of processor (median)")
        return
    print(f"{machine()}\n\n| | rows | {' | '.join(_HEADINGS)} |\n{'|---' * 7}|")
    base = measure(scan, data, periods, "by stay", times=3)
    _line("plain scan by stay", base, base)
    _line("plain scan by item", measure(scan, data, periods, "by item"), base)
    _line("audit, month by month", measure(audit_months, data, periods), base)
    _line("the same, pairs that hit often", measure(audit_months, data, periods, True), base)
    _line("audit, one span", measure(audit_year, data, periods), base)
    month_scan = measure(scan, data, [month], "by stay", times=3)
    for kind in ("engine", "pandas"):
        _line(f"{month.name}, {kind}", measure(compared, data, month, kind), month_scan)


def _line(name: str, found: Measured, base: Measured) -> None:
    scans = f"{found.seconds / base.seconds:.0f}", f"{found.processor / base.processor:.0f}"
    cells = [name, f"{found.rows:,}", f"{found.seconds:.2f}", f"{found.processor:.2f}", *scans]
    print(f"| {' | '.join(cells)} | {found.peak_mib:,.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
