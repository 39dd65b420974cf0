"""Schemas of the contract tables and of the closed period: read from schemas/*.yaml, the only place that defines them.

Types and what they are in SQL: code, text, month VARCHAR (codes keep leading zeros) · integer BIGINT · number DOUBLE ·
quantity DECIMAL(18,4) · money DECIMAL(18,2) · price DECIMAL(18,6) · date DATE · timestamp TIMESTAMP (local) ·
flag BOOLEAN.
"""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from analysis.settings import safe_yaml
from analysis.vocabulary import Language, codes

ColumnType = Literal[
    "code", "text", "month", "integer", "number", "quantity", "money", "price", "date", "timestamp", "flag"
]

SQL_TYPES: dict[ColumnType, str] = {
    "code": "VARCHAR",
    "text": "VARCHAR",
    "month": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "quantity": "DECIMAL(18,4)",
    "money": "DECIMAL(18,2)",
    "price": "DECIMAL(18,6)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "flag": "BOOLEAN",
}

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "code": pa.string(),
    "text": pa.string(),
    "month": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "quantity": pa.decimal128(18, 4),
    "money": pa.decimal128(18, 2),
    "price": pa.decimal128(18, 6),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "flag": pa.bool_(),
}


class Column(BaseModel):
    """One column: type, unit, whether it may be empty, its allowed values and what it points to."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    type: ColumnType
    zh: str
    en: str
    meaning: str
    unit: str = ""
    optional: bool = False
    values: str = ""
    references: str = ""
    orphans: Literal["report", "quarantine"] = "report"

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def arrow_type(self) -> pa.DataType:
        return ARROW_TYPES[self.type]

    def allowed(self) -> tuple[str, ...]:
        return codes(self.values) if self.values else ()

    def label(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Table(BaseModel):
    """One table: what a row is, its key, its columns, and to which month a row belongs."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    zh: str
    en: str
    grain: str
    key: tuple[str, ...]
    required: bool = False
    month_of: str = ""
    partitioned: bool = False
    study: bool = False
    columns: dict[str, Column]

    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.arrow_type) for column in self.columns.values()])

    def label(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def _read(file: str) -> dict[str, Table]:
    raw = safe_yaml(files("analysis.schemas").joinpath(file).read_text("utf8"))
    for name, table in raw.items():
        table["name"] = name
        for column, spec in table["columns"].items():
            spec["name"] = column
    return {name: Table.model_validate(table) for name, table in raw.items()}


@cache
def contract_tables() -> dict[str, Table]:
    """Tables a hospital hands over (data/NAME)."""
    return _read("contract.yaml")


@cache
def closed_tables() -> dict[str, Table]:
    """Tables of a closed period (outputs/NAME/PERIOD/tables), and those that studies write (`study`)."""
    return _read("closed_period.yaml")


@cache
def period_tables() -> dict[str, Table]:
    """Tables that closing a period writes."""
    return {name: table for name, table in closed_tables().items() if not table.study}


@cache
def schemas_id() -> str:
    """Hash of the closed tables' columns and types: a period closed by another version is not read as this one."""
    shapes = [f"{name} {table.arrow_schema()}" for name, table in period_tables().items()]
    return hashlib.sha256("\n".join(shapes).encode()).hexdigest()[:16]
