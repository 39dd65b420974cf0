"""The source spec: which files a hospital has and how they become contract tables (parameters/sources/NAME.yaml)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from analysis.contract import contract_tables
from analysis.settings import Settings, SourceCard, read_settings

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
    """Source value -> contract code. A value that is not in the map becomes `other`, or without it is quarantined."""

    map: dict[str, str]
    other: str = ""


class TableSpec(Settings):
    """One contract table: a SELECT over the files that gives its columns, and `_file` and `_row` for tracing."""

    select: str
    values: dict[str, ValueMap] = {}

    @field_validator("select")
    @classmethod
    def _one_select(cls, text: str) -> str:
        return text.strip().rstrip(";")


class SourceSpec(Settings):
    """parameters/sources/NAME.yaml. `folder` is where the files are, relative to the spec."""

    hospital: SourceCard
    folder: str = "."
    files: dict[str, FileSpec]
    tables: dict[str, TableSpec]

    @field_validator("files")
    @classmethod
    def _inside_the_folder(cls, files: dict[str, FileSpec]) -> dict[str, FileSpec]:
        outside = [f.path for f in files.values() if Path(f.path).is_absolute() or ".." in Path(f.path).parts]
        if outside:
            raise ValueError(f"{outside[0]!r}: give paths below `folder`")
        return files

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: dict[str, FileSpec]) -> dict[str, FileSpec]:
        bad = [name for name in files if not name.isidentifier() or name.startswith("_")]
        if bad:
            raise ValueError(f"{bad[0]!r}: name files by letters, digits and _ (the SELECTs read FROM this name)")
        return files

    @model_validator(mode="after")
    def _fits_the_contract(self) -> "SourceSpec":
        known = contract_tables()
        for name, table in self.tables.items():
            if name not in known:
                raise ValueError(f"tables.{name}: no such table in the contract; it has {', '.join(known)}")
            for column, values in table.values.items():
                if column not in known[name].columns:
                    raise ValueError(f"tables.{name}.values.{column}: {name} has {', '.join(known[name].columns)}")
                _check_codes(f"tables.{name}.values.{column}", values, known[name].columns[column].allowed())
        absent = [name for name, table in known.items() if table.required and name not in self.tables]
        if absent:
            raise ValueError(f"tables: {absent[0]} is required")
        return self


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
