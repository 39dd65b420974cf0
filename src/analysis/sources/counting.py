"""What became of a table's rows, counted: reasons, the values behind them, rounding, cells left empty."""

from analysis.contract import Table
from analysis.engine import Engine
from analysis.sources import table_sql
from analysis.sources.report import TableCount, Values
from analysis.sources.rules import Rule
from analysis.sources.spec import TableSpec


def count_rows(
    engine: Engine, table: Table, spec: TableSpec, rules: list[Rule], imported: int, refused: int
) -> TableCount:
    """Count the rows of the table being imported; read = imported + quarantined, or the program is wrong."""
    read = int(engine.value("select count(*) from _raw"))
    if imported + refused != read:
        raise RuntimeError(f"{table.name}: {read} rows read, but {imported} imported + {refused} quarantined")
    reasons, rounded = engine.frame(table_sql.REASONS), engine.frame(table_sql.ROUNDED)
    return TableCount(
        table.name,
        read,
        imported,
        refused,
        dict(zip(reasons["kind"], reasons["n"].tolist(), strict=True)),
        dict(zip(rounded["name"], rounded["n"].tolist(), strict=True)),
        _refused_values(engine, rules, reasons["kind"].tolist()),
        _emptied_values(engine, spec),
    )


def _refused_values(engine: Engine, rules: list[Rule], kinds: list[str]) -> dict[str, Values]:
    columns = {rule.kind: rule.column for rule in rules if rule.column}
    return {
        kind: _values(engine, table_sql.values_refused(columns[kind]), kind=kind) for kind in kinds if kind in columns
    }


def _emptied_values(engine: Engine, spec: TableSpec) -> dict[str, Values]:
    names = [name for name, values in spec.values.items() if values.unmapped == "empty"]
    found = {name: _values(engine, table_sql.values_emptied(name)) for name in names}
    return {name: values for name, values in found.items() if values.rows}


def _values(engine: Engine, select: str, **parameters: str) -> Values:
    rows = engine.arrow(select, **parameters).to_pylist()
    if not rows:
        return Values(0, 0, ())
    first = rows[0]
    return Values(int(first["rows"]), first["distinct_values"], tuple((row["value"], row["n"]) for row in rows))
