"""`python -m benchmarks.audit DATA`: the rule engine on a hospital's year, beside plain scans and the same in pandas.

Rules: parameters/rules/demo_local (every template) and 900 made-up pairs of services, of as many as the national list
has. Scans and audit run in processes of their own; pandas runs on one month, against the same rules in the engine.
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
#: Services of less than half a per cent of the lines each: what stands beside each other every day is no rule.
_SELDOM = """select item_code from charges join items using (item_code)
    where kind not in ('drug', 'consumable', 'blood', 'bed')
    group by item_code having count(*) < 0.005 * (select count(*) from charges) order by item_code"""
_WINDOWS = ("day", "visit", "six_hours", "hour")
#: Rules that both engine and pandas judge in the comparison.
_BOTH = ("pair", "frequency", "attribute", "list", "execution")
#: Tables that they need besides lines, orders and visits.
_READ = ("hospitals", "stays", "items", "item_codes", "item_components")


def pair_rules(items: list[str], count: int = PAIRS) -> list[Rule]:
    """Made-up pairs of services, windows in turn."""
    draw = np.random.default_rng(900)
    chosen: dict[tuple[str, str], None] = {}
    while len(chosen) < count:
        first, second = draw.choice(len(items), 2, replace=False)
        chosen[items[first], items[second]] = None
    text = {"zh": "{item} {other}", "en": "{item} {other}"}
    return [
        Rule(
            id=f"bench.pair.x{number}", title=text, template="pair", items=[b], others=[a], basis=text, said=text,
            window=_WINDOWS[number % 4], result="violation", effective_from=date(2020, 1, 1),
        )
        for number, (a, b) in enumerate(chosen)
    ]  # fmt: skip


def rules_of(data: Path) -> list[Rule]:
    hospital = open_hospital(data)
    with Engine() as engine:
        hospital.attach(engine)
        hospital.attach_partitions(engine, [Period("2023-06")])
        services = engine.frame(_SELDOM)["item_code"]
    own = read_rules(["demo_local"], parameters_folder() / "rules").rules
    return [*own, *pair_rules(services.tolist())]


def audit_months(data: Path, periods: list[Period]) -> Measured:
    """Every month as closing judges it; rows are findings."""
    hospital, rules, found = open_hospital(data), rules_of(data), 0
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
    print(f"{machine()}\n\n| | rows | seconds | processor seconds | scans by stay | peak memory |\n{'|---' * 6}|")
    base = measure(scan, data, periods, "by stay", times=3)
    _line("plain scan by stay", base, base)
    _line("plain scan by item", measure(scan, data, periods, "by item"), base)
    _line("audit, month by month", measure(audit_months, data, periods), base)
    _line("audit, one span", measure(audit_year, data, periods), base)
    month_scan = measure(scan, data, [month], "by stay", times=3)
    for kind in ("engine", "pandas"):
        _line(f"{month.name}, {kind}", measure(compared, data, month, kind), month_scan)


def _line(name: str, found: Measured, base: Measured) -> None:
    scans = found.seconds / base.seconds
    cells = [name, f"{found.rows:,}", f"{found.seconds:.2f}", f"{found.processor:.2f}", f"{scans:.0f}"]
    print(f"| {' | '.join(cells)} | {found.peak_mib:,.0f} MiB |", flush=True)


if __name__ == "__main__":
    main()
