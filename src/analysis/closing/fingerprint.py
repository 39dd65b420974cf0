"""What a closed period was made from, as one run id: data of the period, parameters, code, and the period before.

Equal inputs give an equal run id, so a close that would change nothing is skipped.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analysis.contract import Table, contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import Hospital
from analysis.periods import Period

_ROOMS = ("audit", "closing", "costing", "payment", "rootcause", "schemas")
#: Of the room pathways what judges stays; all else there simulates, and what is read from its files is a parameter.
_PATHWAYS = (
    *("adherence.py", "entry.py", "library_rows.py", "variance.py", "sql/adherence.sql", "sql/pathway_stays.sql"),
    *("sql/stays_over.sql", "sql/step_charges.sql", "sql/step_events.sql", "sql/step_excuses.sql"),
    *("sql/step_facts.sql", "sql/step_judged.sql"),
)
_MODULES = (
    "closed_period",
    "contract",
    "engine",
    "fen",
    "files",
    "funnel",
    "hospital",
    "periods",
    "settings",
    "spark_dialect",
    "spark_engine",
    "vocabulary",
)

#: Answers of people: joined when reading, so that a closed month stays as it is.
_READ_LATER = {"reviews", "resolutions"}
_ALL = "true"


def standing_marks(engine: Engine, hospital: Hospital) -> dict[str, str]:
    """Fingerprints of the tables that every period sees whole, as they were loaded: taken once a run."""
    seen = {name: contract_tables()[name] for name in sorted(hospital.tables - _READ_LATER)}
    whole = {name: table for name, table in seen.items() if not table.partitioned and _rows_of_period(table) == _ALL}
    return {name: engine.fingerprint(table, _ALL) for name, table in whole.items()}


def run_id(
    engine: Engine, hospital: Hospital, period: Period, parameters: str, previous: str, standing: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Run id of a period (16 hex digits) and the fingerprint of each contract table's part in it.

    Parameters
    ----------
    parameters : text of all parameter files used.
    previous : run id of the period before, whose closing balances are this period's opening ones; empty for the first.
    standing : of `standing_marks`.
    """
    tables = {}
    for name, table in contract_tables().items():
        if name in hospital.tables and name not in _READ_LATER:
            tables[name] = standing.get(name) or _of_table(engine, hospital, table, period)
    card = hospital.card.model_dump_json()
    parts = [
        period.name,
        previous,
        card,
        parameters,
        code_id(),
        *(f"{name} {mark}" for name, mark in sorted(tables.items())),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16], tables


def _of_table(engine: Engine, hospital: Hospital, table: Table, period: Period) -> str:
    if table.partitioned:
        return _of_files(hospital, table.name, period)
    return engine.fingerprint(
        table, _rows_of_period(table), start_at=period.start, end_at=period.end, month=period.name
    )


def check_unchanged(hospital: Hospital, period: Period, inputs: dict[str, str]) -> None:
    """Refuse a period whose line tables were exchanged while it was computed.

    Raises
    ------
    InputError
        Another program wrote into the data folder.
    """
    for name, mark in inputs.items():
        if contract_tables()[name].partitioned and _of_files(hospital, name, period) != mark:
            raise InputError(
                f"table {name} was changed while {period.name} was being closed",
                where=str(hospital.folder / name),
                mend="run it again when nothing else writes into the data folder",
            )


def _of_files(hospital: Hospital, name: str, period: Period) -> str:
    digest = hashlib.sha256()
    for file in hospital.files(name, [period]):
        digest.update(hospital.mark(file).encode())
    return digest.hexdigest()[:16]


def _rows_of_period(table: Table) -> str:
    """Condition that picks the rows a period can see."""
    present = "admitted_at < $end_at and (discharged_at is null or discharged_at >= $start_at)"
    undated = "admitted_at is null and discharged_at >= $start_at and discharged_at < $end_at"
    if table.name == "stays":
        settled = "settled_on >= cast($start_at as date) and settled_on < cast($end_at as date)"
        return f"({present}) or ({undated}) or ({settled})"
    if table.month_of and table.columns[table.month_of].type == "month":
        return f'"{table.month_of}" = $month'
    if table.month_of:
        return f'"{table.month_of}" < $end_at'
    if "stay_id" in table.columns:
        return f"stay_id in (select stay_id from stays where ({present}) or ({undated}))"
    return _ALL


@cache
def code_id() -> str:
    """Hash of the code and schemas that make closed tables."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    files = [package / f"{module}.py" for module in _MODULES] + [package / "pathways" / name for name in _PATHWAYS]
    for room in _ROOMS:
        files += [f for f in (package / room).rglob("*") if f.suffix in {".py", ".sql", ".yaml"}]
    for file in sorted(files):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
