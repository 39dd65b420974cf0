"""A hospital's data folder: one Parquet file a table, line tables one file a month, and its source card.

data/NAME/source.yaml            what the folder is (SourceCard)
data/NAME/TABLE.parquet          a table of the contract
data/NAME/TABLE/2023-06.parquet  a partitioned table, one file a month
data/NAME/files.json             the sha256 of every table file, where a command wrote the folder: what is damaged,
                                 lost or slipped in later is noticed and never computed with
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from analysis.contract import Table, contract_tables
from analysis.engine import Engine, write_parquet
from analysis.errors import InputError
from analysis.files import last_good, only_one, recover, sha256, write_text
from analysis.periods import Period
from analysis.settings import SourceCard, read_settings

_SEAL = "files.json"
#: What an import says of itself.
IMPORTED = "import.json"


@dataclass(frozen=True)
class Hospital:
    """An opened data folder. `tables` are the contract tables that are there; `seal` is None where nobody sealed it."""

    folder: Path
    card: SourceCard
    tables: frozenset[str]
    seal: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        return self.folder.name

    def files(self, table: str, periods: list[Period] | None = None) -> list[Path]:
        """Parquet files of a table; of a partitioned one only those of `periods` where given."""
        files = _files_of(self.folder, table)
        if periods is None or not contract_tables()[table].partitioned:
            return files
        wanted = tuple(period.name for period in periods)
        return [file for file in files if file.stem.startswith(wanted)]

    def attach(self, engine: Engine) -> None:
        """Make every contract table visible in the engine; a missing one is an empty table of its schema.

        Tables kept one file a month stay on disk; all others are held in memory, so that an import into the same
        folder during a run cannot mix two states of it.
        """
        for name, table in contract_tables().items():
            if table.partitioned:
                engine.attach(table, self.files(name))
            else:
                self.check(self.files(name))
                engine.load(table, self.files(name))

    def attach_partitions(self, engine: Engine, periods: list[Period]) -> None:
        """Narrow the tables kept one file a month to these periods."""
        for name, table in contract_tables().items():
            if table.partitioned:
                engine.attach(table, self.files(name, periods))

    def check(self, files: Iterable[Path]) -> None:
        """Refuse files that are not, byte for byte, what was written."""
        for file in files:
            self.mark(file)

    def mark(self, file: Path) -> str:
        """Sha256 of a file; InputError where the folder's seal says otherwise."""
        mark = sha256(file)
        if self.seal is not None and self.seal.get(_key(self.folder, file)) != mark:
            raise InputError(
                "a file is not what was written: it is damaged, or was changed since",
                where=str(file),
                mend=_AGAIN,
            )
        return mark

    def missing(self, *names: str) -> list[str]:
        """Which of the tables are not there."""
        return [name for name in names if name not in self.tables]


def open_hospital(folder: str | Path) -> Hospital:
    """Open data/NAME and check that its files have the contract's columns.

    Raises
    ------
    InputError
        No such folder, no source card, no stays, a file that is no Parquet or whose columns are not the contract's;
        a file that was there when the folder was sealed and is gone, or the other way round.
    """
    folder = Path(folder)
    if not folder.exists() and last_good(folder).exists():  # an import was cut off while it exchanged the folders
        with writing(folder):
            recover(folder)
    if not folder.is_dir():
        known = ", ".join(sorted(str(p.parent) for p in folder.parent.glob("*/source.yaml"))) or "none yet"
        raise InputError(
            "no such data folder",
            where=str(folder),
            mend=f"run `workbench demo` or `workbench import`; folders there: {known}",
        )
    card = read_settings(folder / "source.yaml", SourceCard)
    seal = _read_seal(folder)
    found = []
    for name, table in contract_tables().items():
        files = _files_of(folder, name)
        if files:
            found.append(name)
        for file in files:
            _check_columns(file, table)
        if table.required and not files:
            raise InputError(
                f"required table {name} is missing",
                where=str(folder / f"{name}.parquet"),
                mend=f"add {name} to the source spec and import again",
            )
    return Hospital(folder, card, frozenset(found), seal)


def writing(folder: Path) -> AbstractContextManager[None]:
    """Let one process at a time write into a data folder as a whole."""
    return only_one(folder.with_name(f".{folder.name}.lock"), "import or demo into this folder", folder)


def save_table(folder: Path, table: Table, rows: pa.Table) -> None:
    """Write rows of a contract table into a data folder, partitioned tables one file a month.

    The rows must already have the table's columns; types are cast to the schema. Months that are not in `rows` are
    left as they are, so a long table can be written in batches of whole months.
    """
    rows = rows.select(list(table.columns)).cast(table.arrow_schema())
    if not table.partitioned:
        write_parquet(rows, folder / f"{table.name}.parquet")
        return
    months = pc.strftime(rows[table.month_of], format="%Y-%m")
    for month in pc.unique(months).to_pylist():
        write_parquet(rows.filter(pc.equal(months, month)), folder / table.name / f"{month}.parquet")


def save_card(folder: Path, card: SourceCard) -> None:
    write_text(folder / "source.yaml", yaml.safe_dump(card.model_dump(), allow_unicode=True, sort_keys=False))


def seal_folder(folder: Path) -> None:
    """Write files.json, when all is written: name and sha256 of every table file and of the import's report."""
    marks = {_key(folder, file): sha256(file) for file in _sealed_files(folder)}
    write_text(folder / _SEAL, json.dumps(marks, ensure_ascii=False, indent=1) + "\n")


def is_whole(folder: Path) -> bool:
    """True where the folder is sealed and every table file is, byte for byte, what was written."""
    try:
        seal = _read_seal(folder)
    except InputError:
        return False
    return seal is not None and all(sha256(folder / name) == mark for name, mark in seal.items())


#: What to do about a folder that is not what was written.
_AGAIN = f"run `workbench import` (or `demo`) again; if files were changed on purpose, remove {_SEAL} from the folder"


def _read_seal(folder: Path) -> dict[str, str] | None:
    """The seal, after a look that just the files it names are there; None where there is none."""
    path = folder / _SEAL
    if not path.exists():
        return None
    try:
        seal = dict(json.loads(path.read_text("utf8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            "the list of files is damaged", where=str(path), rows=[str(error)[:200]], mend=_AGAIN
        ) from error
    there = {_key(folder, file) for file in _sealed_files(folder)}
    gone, new = sorted(seal.keys() - there), sorted(there - seal.keys())
    if gone or new:
        raise InputError(
            f"{'a file is gone' if gone else 'a file was not there'} since the folder was written",
            where=", ".join(str(folder / name) for name in [*gone, *new][:5]),
            mend=_AGAIN,
        )
    return seal


def _sealed_files(folder: Path) -> list[Path]:
    """All table files, and what the import says of them."""
    report = folder / IMPORTED
    tables = [file for name in contract_tables() for file in _files_of(folder, name)]
    return [*tables, report] if report.is_file() else tables


def _key(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def _files_of(folder: Path, name: str) -> list[Path]:
    if contract_tables()[name].partitioned:
        return sorted((folder / name).glob("*.parquet"))
    single = folder / f"{name}.parquet"
    return [single] if single.exists() else []


def _check_columns(file: Path, table: Table) -> None:
    try:
        found = pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            "not a readable Parquet file", where=str(file), rows=[str(error)[:200]], mend="import this table again"
        ) from error
    wrong = [
        f"{c.name}: expected {c.arrow_type}, found {found.field(c.name).type if c.name in found.names else 'nothing'}"
        for c in table.columns.values()
        if c.name not in found.names or found.field(c.name).type != c.arrow_type
    ]
    if wrong:
        raise InputError(
            f"table {table.name} does not have the contract's columns",
            where=str(file),
            rows=wrong[:5],
            mend="import it with `workbench import`, which writes the contract's types (docs/data-contract.md)",
        )
