"""A SELECT seen by sqlglot: which tables it reads, and how Spark writes it."""

from typing import Any

import sqlglot
from sqlglot import exp


def tables_read(select: str) -> set[str]:
    """Names of the tables and views a SELECT reads; its own WITH parts are none."""
    tree = sqlglot.parse_one(select, dialect="duckdb")
    return {table.name for table in tree.find_all(exp.Table)} - {part.alias for part in tree.find_all(exp.CTE)}


def spark_sql(select: str, parameters: dict[str, Any]) -> str:
    """The SELECT in Spark's dialect, its $parameters as typed literals.

    Spark's own parameters read a local datetime in the machine's time zone; a literal has none.
    """

    def valued(node: exp.Expression) -> exp.Expression:
        return exp.convert(parameters[node.name]) if isinstance(node, exp.Placeholder) else node

    return sqlglot.parse_one(select, dialect="duckdb").transform(valued).sql(dialect="spark")
