"""Close periods in order: each month opens with the work in progress that the month before left."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.closed_period import read_card, write_period
from analysis.closing.fingerprint import run_id
from analysis.closing.indicators import indicator_rows
from analysis.closing.parameters import Parameters, read_parameters
from analysis.closing.span import Span, span_of
from analysis.contract import period_tables
from analysis.costing.monthly import cost_period
from analysis.engine import Engine, open_engine, sql_text
from analysis.errors import InputError
from analysis.hospital import Hospital, open_hospital
from analysis.payment.monthly import price_period
from analysis.payment.packs import pack_for
from analysis.periods import Period

_SQL = "analysis.closing"


@dataclass(frozen=True)
class CloseResult:
    """What became of one period."""

    period: Period
    run_id: str
    state: Literal["closed", "unchanged"]
    seconds: float
    open_checks: int


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
    with open_engine(parameters.settings.engine) as engine:
        hospital.attach(engine)
        span = span_of(engine, hospital)
        previous = ""
        for period in progress(span.chain(periods)):
            result = _close_one(engine, hospital, period, span, parameters, outputs / hospital.name, previous)
            previous = result.run_id
            results.append(result)
    return results


def _close_one(
    engine: Engine, hospital: Hospital, period: Period, span: Span, parameters: Parameters, folder: Path, previous: str
) -> CloseResult:
    began = time.perf_counter()
    span.check_ledger(engine, period)
    identity, inputs = run_id(engine, hospital, period, parameters.text, previous)
    card = read_card(folder, period)
    if card and card["run_id"] == identity:
        return CloseResult(period, identity, "unchanged", time.perf_counter() - began, card["open_checks"])
    hospital.attach_partitions(engine, [period])
    _make_tables(engine, hospital, period, span, parameters, folder if previous else None)
    tables = {name: engine.shaped(table, _SOURCE.get(name)) for name, table in period_tables().items()}
    _refuse_if_open(tables["reconciliation"], hospital, period)
    card = {
        "run_id": identity,
        "period": period.name,
        "hospital": hospital.card.model_dump(),
        "settings": parameters.settings.model_dump(),
        "pack": pack_for(period, parameters.settings.payment, parameters.folder / "payment").model_dump(mode="json"),
        "provisional": bool(engine.value("select coalesce(bool_or(drg_status = 'provisional'), false) from cases")),
        "data_end": span.last.name,
        "inputs": inputs,
        "previous": previous,
        "rows": {name: rows.num_rows for name, rows in tables.items()},
        "open_checks": 0,
    }
    write_period(folder, period, tables, card)
    return CloseResult(period, identity, "closed", time.perf_counter() - began, 0)


#: Closed tables whose engine table has another name, because a contract table has theirs.
_SOURCE = {"departments": "departments_closed"}


def _make_tables(
    engine: Engine, hospital: Hospital, period: Period, span: Span, parameters: Parameters, folder: Path | None
) -> None:
    values: dict[str, Any] = {
        "start_at": period.start,
        "end_at": period.end,
        "month": period.name,
        "has_ledger": span.has_ledger(period),
        "has_denials": "denials" in hospital.tables,
        "charges_from": span.charges_from,
        "accounts_from": span.accounts_from,
    }
    for name, table in period_tables().items():
        if name not in _SOURCE:
            engine.put(name, table.arrow_schema().empty_table())
    opening = folder / period.previous.name / "tables" / "work_in_progress.parquet" if folder else None
    schema = period_tables()["work_in_progress"].arrow_schema()
    engine.put("opening", pq.read_table(opening) if opening else schema.empty_table())
    cost_period(engine, period, parameters.scheme if values["has_ledger"] else None)
    for name in ("kind_categories", "accrued", "work_in_progress", "case_base"):
        engine.make(_SQL, name, **values)
    price_period(engine, period, pack_for(period, parameters.settings.payment, parameters.folder / "payment"))
    for name in ("readmissions", "cases"):
        engine.make(_SQL, name, **values)
    engine.create("departments_closed", sql_text(_SQL, "departments"), **values)
    for name in ("drgs", "drg_categories", "denied", "names", "case_cost_parts", "case_charge_parts", "reconciliation"):
        engine.make(_SQL, name, **values)
    engine.put("indicators", indicator_rows(engine, parameters.targets.of(period), **values))
    engine.put("left_out", span.left_out(engine, hospital, period))


def _refuse_if_open(reconciliation: pa.Table, hospital: Hospital, period: Period) -> None:
    """A check that must tie and does not is an error of the program or the data: nothing is written."""
    checks: pd.DataFrame = reconciliation.to_pandas()
    failed = checks[~checks["passed"]]
    if len(failed):
        raise InputError(
            f"{period.name} does not reconcile: {len(failed)} check(s) are open",
            where=str(hospital.folder),
            rows=[
                f"{r.hospital_id} {r.check} {r.part}: expected {r.expected}, found {r.found}"
                for r in failed.head(5).itertuples()
            ],
            mend="run `workbench check` on the folder; if it is clean, report this message",
        )
