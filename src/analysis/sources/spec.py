"""The source spec: which files and databases a hospital has and how they become contract tables.

parameters/sources/NAME.yaml; docs/source-spec.md teaches how to write one.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from analysis.contract import Table, contract_tables
from analysis.settings import Settings, SourceCard, read_settings
from analysis.sources.database_spec import DatabaseSpec, QuerySpec
from analysis.sources.date_formats import DATED, DateFormat

Format = Literal["csv", "csv.gz", "xlsx", "parquet"]
Encoding = Literal["auto", "utf-8", "utf-8-sig", "utf-16", "gb18030"]


class FileSpec(Settings):
    """One file, or several of one shape (a glob): every cell is read as text.

    `header` is the row of the column names counted from 1 (0: none, columns are column1, column2, ...); `missing` are
    cells that mean "not known", such as NA; `quoted: false` reads quotation marks as plain characters.
    `auto` takes UTF-8 (with or without a mark at its start), and where the hospital's language is zh else GB18030.
    """

    path: str
    format: Format
    encoding: Encoding = "auto"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quoted: bool = True
    sheet: str = ""
    header: int = Field(1, ge=0)
    missing: tuple[str, ...] = ()
    may_be_empty: bool = False


class ValueMap(Settings):
    """Source value -> contract code.

    A value that is not in the map becomes `other`; without it its row is refused, or, with `unmapped: empty`, imported
    with this column empty (and counted).
    """

    map: dict[str, str]
    other: str = ""
    unmapped: Literal["refuse", "empty"] = "refuse"

    @model_validator(mode="after")
    def _one_way(self) -> "ValueMap":
        if self.other and self.unmapped == "empty":
            raise ValueError("give either other or unmapped: empty")
        return self


class TableSpec(Settings):
    """One contract table: a SELECT over the files and queries that gives its columns, and `_file` and `_row`.

    `formats`: how the days and times of a column are written, where they do not begin with the year.
    """

    select: str
    values: dict[str, ValueMap] = {}
    formats: dict[str, tuple[DateFormat, ...]] = {}

    @field_validator("formats", mode="before")
    @classmethod
    def _one_or_several(cls, raw: object) -> object:
        return {k: [v] if isinstance(v, str) else v for k, v in raw.items()} if isinstance(raw, dict) else raw

    @field_validator("select")
    @classmethod
    def _one_select(cls, text: str) -> str:
        return text.strip().rstrip(";")


class SourceSpec(Settings):
    """parameters/sources/NAME.yaml. `folder` is where the files are, relative to the spec."""

    hospital: SourceCard
    folder: str = "."
    files: dict[str, FileSpec] = {}
    databases: dict[str, DatabaseSpec] = {}
    queries: dict[str, QuerySpec] = {}
    tables: dict[str, TableSpec]

    @field_validator("files")
    @classmethod
    def _inside_the_folder(cls, files: dict[str, FileSpec]) -> dict[str, FileSpec]:
        outside = [f.path for f in files.values() if Path(f.path).is_absolute() or ".." in Path(f.path).parts]
        if outside:
            raise ValueError(f"{outside[0]!r}: give paths below `folder`")
        return files

    @model_validator(mode="after")
    def _has_plain_names(self) -> "SourceSpec":
        _check_names([*self.files, *self.queries])
        if not self.files and not self.queries:
            raise ValueError("the spec reads nothing: give files, or databases and queries")
        return self

    @model_validator(mode="after")
    def _knows_its_databases(self) -> "SourceSpec":
        for name, query in self.queries.items():
            if query.database and query.database not in self.databases:
                known = ", ".join(self.databases) or "none"
                raise ValueError(f"queries.{name}.database: {query.database!r} is not one of databases: {known}")
            if not query.database and len(self.databases) != 1:
                raise ValueError(f"queries.{name}: `database` must name one of {', '.join(self.databases) or 'none'}")
        return self

    @model_validator(mode="after")
    def _fits_the_contract(self) -> "SourceSpec":
        known = contract_tables()
        for name, table in self.tables.items():
            if name not in known:
                raise ValueError(f"tables.{name}: no such table in the contract; it has {', '.join(known)}")
            _check_table(known[name], table)
        absent = [name for name, table in known.items() if table.required and name not in self.tables]
        if absent:
            raise ValueError(f"tables: {absent[0]} is required")
        return self

    def database_of(self, query: str) -> str:
        """Name of the database a query is read from."""
        return self.queries[query].database or next(iter(self.databases))


def _check_names(names: list[str]) -> None:
    bad = [name for name in names if not name.isidentifier() or name.startswith("_")]
    if bad:
        raise ValueError(f"{bad[0]!r}: name files and queries by letters, digits and _ (the SELECTs read FROM this)")
    twice = [name for number, name in enumerate(names) if name.lower() in map(str.lower, names[:number])]
    if twice:
        raise ValueError(f"{twice[0]!r} names two of the files and queries")


def _check_table(table: Table, spec: TableSpec) -> None:
    for key, columns in (("values", spec.values), ("formats", spec.formats)):
        _check_columns(f"tables.{table.name}.{key}", columns, table)
    for name, values in spec.values.items():
        where, column = f"tables.{table.name}.values.{name}", table.columns[name]
        _check_codes(where, values, column.allowed())
        if values.unmapped == "empty" and not column.optional:
            raise ValueError(f"{where}: the column may not be empty, so `unmapped: empty` cannot be")
    for name in spec.formats:
        if table.columns[name].type not in DATED:
            raise ValueError(f"tables.{table.name}.formats.{name}: the column is no day, time or month")


def _check_columns(where: str, names: Iterable[str], table: Table) -> None:
    unknown = [name for name in names if name not in table.columns]
    if unknown:
        raise ValueError(f"{where}.{unknown[0]}: {table.name} has {', '.join(table.columns)}")


def _check_codes(where: str, values: ValueMap, allowed: tuple[str, ...]) -> None:
    targets = [*values.map.values(), *([values.other] if values.other else [])]
    wrong = [code for code in targets if allowed and code not in allowed]
    if wrong:
        raise ValueError(f"{where}: {wrong[0]!r} is not one of {', '.join(allowed)}")


def read_spec(path: Path) -> SourceSpec:
    """Read and check a source spec.

    Raises
    ------
    InputError
        An unknown key, a table or column the contract does not have, a map onto a code that is not in its list.
    """
    return read_settings(path, SourceSpec)
