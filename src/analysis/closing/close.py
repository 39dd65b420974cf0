"""Close periods in order: each month opens with the work in progress that the month before left."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.audit.monthly import audit_period
from analysis.closed_period import is_sound, only_one, put_back, read_card, sound_table, write_period
from analysis.closing.alerts import make_alerts
from analysis.closing.causes import causes_table
from analysis.closing.fingerprint import check_unchanged, run_id, standing_marks
from analysis.closing.indicators import indicator_rows
from analysis.closing.integrity import check_integrity
from analysis.closing.left_out import left_out
from analysis.closing.parameters import Parameters, read_parameters
from analysis.closing.span import Span, span_of
from analysis.closing.standards import make_standards
from analysis.closing.suspension import suspended_in
from analysis.contract import period_tables, schemas_id
from analysis.costing.monthly import cost_period
from analysis.engine import Engine, open_engine, sql_text
from analysis.errors import InputError
from analysis.hospital import Hospital, open_hospital
from analysis.pathways.adherence import adhere_period
from analysis.payment.monthly import price_period
from analysis.payment.packs import RatePack, pack_for
from analysis.periods import Period
from analysis.rootcause.waiting import make_waits

_SQL = "analysis.closing"
_OPEN = "{hospital_id} {check} {part}: expected {expected}, found {found}"


@dataclass(frozen=True)
class CloseResult:
    """What became of one period.

    `seconds` is the whole; `computing` of them went into costing, payment, indicators, reconciliation and causes, which
    took `processor` seconds on all cores together: the rest looks whether anything changed, and writes.
    """

    period: Period
    run_id: str
    state: Literal["closed", "unchanged"]
    seconds: float
    computing: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class _Work:
    """What every period of one run shares. `folder` is outputs/NAME."""

    engine: Engine
    hospital: Hospital
    span: Span
    parameters: Parameters
    folder: Path
    standing: Mapping[str, str]

    def pack(self, period: Period) -> RatePack:
        return pack_for(period, self.parameters.settings.payment, self.parameters.folder / "payment")


def close(
    data: Path, periods: list[Period], outputs: Path, progress: Callable[[Iterable[Period]], Iterable[Period]] = iter
) -> list[CloseResult]:
    """Close periods of a data folder, and before them every earlier one that is not closed or has changed.

    Parameters
    ----------
    data : data/NAME.
    periods : what is asked for; empty = all that the data cover.
    outputs : outputs; the period is written to outputs/NAME/PERIOD/tables.
    progress : wraps the periods, e.g. tqdm.

    Raises
    ------
    InputError
        Unknown month, a month without ledger between months that have one, drivers missing, a check that does not tie.
    """
    hospital = open_hospital(data)
    parameters = read_parameters(hospital)
    results = []
    with only_one(outputs / hospital.name), open_engine(parameters.settings.engine) as engine:
        hospital.attach(engine)
        check_integrity(engine, hospital)
        _put_empty(engine)
        standing = standing_marks(engine, hospital)
        work = _Work(engine, hospital, span_of(engine, hospital), parameters, outputs / hospital.name, standing)
        previous = ""
        for period in progress(work.span.chain(periods)):
            results.append(_close_one(work, period, previous))
            previous = results[-1].run_id
    return results


def _close_one(work: _Work, period: Period, previous: str) -> CloseResult:
    began = time.perf_counter()
    work.span.check_ledger(period)
    put_back(work.folder, period)
    card = read_card(work.folder, period)
    rules = work.parameters.rules.rules
    suspended = suspended_in(work.engine, work.folder, work.span.first, period, rules, card)
    text = f"{work.parameters.text}\nsuspended {suspended}"
    identity, inputs = run_id(work.engine, work.hospital, period, text, previous, work.standing)
    if card and card["run_id"] == identity and is_sound(work.folder, period, card):
        return CloseResult(period, identity, "unchanged", time.perf_counter() - began)
    work.hospital.attach_partitions(work.engine, [period])
    begun, used = time.perf_counter(), time.process_time()
    _make_tables(work, period, previous, suspended)
    tables = {name: work.engine.shaped(table, _SOURCE.get(name)) for name, table in period_tables().items()}
    check_unchanged(work.hospital, period, inputs)
    _refuse_if_open(tables["reconciliation"], work.hospital, period)
    card = _card(work, period)
    tables["causes"] = causes_table(work.engine, work.parameters, work.folder, work.span.first, period, tables, card)
    computing, processor = time.perf_counter() - begun, time.process_time() - used
    made_from = card | {"run_id": identity, "previous": previous, "inputs": inputs}
    made_from["suspended"] = suspended
    write_period(work.folder, period, tables, made_from | {"rows": {name: t.num_rows for name, t in tables.items()}})
    return CloseResult(period, identity, "closed", time.perf_counter() - began, computing, processor)


#: Closed tables whose engine table has another name, because a contract table has theirs.
_SOURCE = {"departments": "departments_closed"}


def _make_tables(work: _Work, period: Period, previous: str, suspended: Mapping[str, str]) -> None:
    """Leave every table of the closed period in the engine; `suspended` rules do not run."""
    engine, span, values = work.engine, work.span, _values(work, period)
    engine.put("opening", _opening(work, period, previous))
    cost_period(engine, period, work.parameters.scheme if values["has_ledger"] else None)
    for name in ("kind_categories", "accrued", "work_in_progress", "case_base"):
        engine.make(_SQL, name, **values)
    price_period(engine, period, work.pack(period))
    for name in ("readmissions", "cases", "line_totals"):
        engine.make(_SQL, name, **values)
    engine.create("departments_closed", sql_text(_SQL, "departments"), **values)
    waiting = work.parameters.rootcause.waiting
    make_waits(engine, work.hospital, period, waiting.reasons, waiting.least_hours)
    make_standards(engine, work.parameters, work.folder, span.first, period)
    for name in ("case_cost_parts", "case_charge_parts", "drgs", "drg_categories", "item_totals", "budget_use"):
        engine.make(_SQL, name, **values)
    for name in ("denied", "names", "reconciliation"):
        engine.make(_SQL, name, **values)
    engine.put("indicators", indicator_rows(engine, work.parameters.targets.of(period), **values))
    engine.put("left_out", left_out(engine, work.hospital))
    _judge(work, period, suspended)


def _judge(work: _Work, period: Period, suspended: Mapping[str, str]) -> None:
    """What rules, pathways and alerts say of the period's cases."""
    engine = work.engine
    if rules := work.parameters.rules.rules:
        audit_period(engine, work.hospital, period, [r for r in rules if f"{r.id} {r.version}" not in suspended])
    if pathways := work.parameters.pathways:
        adhere_period(engine, work.hospital, period, pathways)
    make_alerts(engine, work.folder, work.span.first, period, bool(pathways))


def _values(work: _Work, period: Period) -> dict[str, Any]:
    """Named parameters of the closing's SQL."""
    span = work.span
    return {
        "start_at": period.start,
        "end_at": period.end,
        "month": period.name,
        "has_ledger": span.has_ledger(period),
        "has_denials": "denials" in work.hospital.tables,
        "charges_from": span.charges_from,
        "accounts_from": span.accounts_from,
    } | _methods(work)


def _methods(work: _Work) -> dict[str, str]:
    """How cost is made: parameters of the SQL. Without a scheme the source's own cost stands, nothing is allocated."""
    scheme = work.parameters.scheme
    if not scheme:
        return {"case_method": "top_down", "allocation": "", "cost_scope": ""}
    return {"case_method": scheme.case_method, "allocation": scheme.allocation, "cost_scope": scheme.scope}


def _put_empty(engine: Engine) -> None:
    """Closed tables whose engine does not exist yet stay empty."""
    for name in period_tables().keys() - _SOURCE.keys():
        engine.put(name, period_tables()[name].arrow_schema().empty_table())


def _opening(work: _Work, period: Period, previous: str) -> pa.Table:
    """Work in progress at the end of the period before; nothing before the first."""
    if not previous:
        return period_tables()["work_in_progress"].arrow_schema().empty_table()
    return pq.read_table(sound_table(work.folder, period.previous, "work_in_progress"))


def _card(work: _Work, period: Period) -> dict[str, Any]:
    """What a reader of the period needs to know about where it comes from."""
    provisional = "select coalesce(bool_or(drg_status = 'provisional'), false) from cases"
    return {
        "period": period.name,
        "hospital": work.hospital.card.model_dump(),
        "settings": work.parameters.settings.model_dump(),
        "scheme": work.parameters.scheme.model_dump() if work.parameters.scheme else {},
        "pack": work.pack(period).model_dump(mode="json"),
        "rules": {f"{rule.id} {rule.version}": rule.status for rule in work.parameters.rules.running()},
        "pathways": {name: pathway.version for name, pathway in work.parameters.pathways.items()},
        "provisional": bool(work.engine.value(provisional)),
        "schemas": schemas_id(),
    }


def _refuse_if_open(reconciliation: pa.Table, hospital: Hospital, period: Period) -> None:
    """A check that must tie and does not is an error of the program or the data: nothing is written."""
    failed = [row for row in reconciliation.to_pylist() if not row["passed"]]
    if failed:
        raise InputError(
            f"{period.name} does not reconcile: {len(failed)} check(s) are open",
            where=str(hospital.folder),
            rows=[_OPEN.format(**row) for row in failed[:5]],
            mend="run `workbench check` on the folder; if it is clean, report this message",
        )
