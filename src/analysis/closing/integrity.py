"""What must hold of a data folder before anything is computed from it: keys are unique, coded values are known."""

from analysis.contract import Column, Table, contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import Hospital

_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


def check_integrity(engine: Engine, hospital: Hospital) -> None:
    """Refuse a folder in which a join would multiply rows or a code would fall through.

    Tables kept one file a month are looked into only where no command sealed the folder: an import has quarantined
    doubled keys and put every line into the file of its month.

    Raises
    ------
    InputError
        Naming table, columns, the first rows and what to do.
    """
    for name in sorted(hospital.tables):
        table = contract_tables()[name]
        if table.partitioned and hospital.seal is not None:
            continue
        _check_key(engine, hospital, table)
        for column in table.columns.values():
            _check_values(engine, hospital, table, column)
        if table.partitioned:
            _check_months(engine, hospital, table)


def _check_months(engine: Engine, hospital: Hospital, table: Table) -> None:
    """Closing a month reads that month's file only: a line in another file would be lost."""
    for file in hospital.files(table.name):
        engine.scan("_file", [file])
        odd = engine.frame(
            f"""select strftime("{table.month_of}", '%Y-%m') as month, count(*) as rows from _file
            where "{table.month_of}" is null or strftime("{table.month_of}", '%Y-%m') <> $month
            group by 1 order by 1 limit 3""",
            month=file.stem[:7],
        )
        if len(odd):
            raise InputError(
                f"table {table.name}: rows in the file of another month",
                where=str(file),
                rows=[f"{row.rows} row(s) of {row.month}" for row in odd.itertuples()],
                mend="import the table with `workbench import`, which puts every line into the file of its month",
            )


def _check_key(engine: Engine, hospital: Hospital, table: Table) -> None:
    key = ", ".join(f'"{name}"' for name in table.key)
    empty = " or ".join(f'"{name}" is null' for name in table.key)
    twice = engine.frame(
        f"""select {key}, count(*) as times from "{table.name}" group by {key}
        having count(*) > 1 or {empty} order by {key} limit 3"""
    )
    if len(twice):
        raise InputError(
            f"table {table.name}: a key that is empty or occurs more than once",
            where=f"{hospital.folder}, table {table.name}, columns {', '.join(table.key)}",
            rows=[", ".join(f"{name} {row[name]}" for name in twice.columns) for row in twice.to_dict("records")],
            mend="import the table with `workbench import`, which keeps the first and quarantines the others",
        )


def _check_values(engine: Engine, hospital: Hospital, table: Table, column: Column) -> None:
    if column.type == "month":
        wrong, allowed = f"not regexp_matches(\"{column.name}\", '{_MONTH}')", "a month as 2023-06"
    elif column.values:
        wrong, allowed = f'"{column.name}" not in (select unnest($allowed))', ", ".join(column.allowed())
    else:
        return
    found = engine.frame(
        f"""select "{column.name}" as code, count(*) as times from "{table.name}"
        where "{column.name}" is not null and {wrong} group by 1 order by 1 limit 3""",
        allowed=list(column.allowed()),
    )
    if len(found):
        raise InputError(
            f"table {table.name}: unknown value in {column.name}",
            where=f"{hospital.folder}, table {table.name}, column {column.name}",
            rows=[f"{row.code!r} in {row.times} row(s)" for row in found.itertuples()],
            mend=f"allowed: {allowed}; map the source's values under `values` in the source spec",
        )
