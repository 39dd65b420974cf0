"""A spec's files brought to one place as Parquet of text, with `_file` and `_row`, so that SQL can read them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.engine import Engine
from analysis.errors import InputError
from analysis.sources.reading import Unreadable, read_text
from analysis.sources.spec import FileSpec, SourceSpec


@dataclass(frozen=True)
class StagedFile:
    """One file as it was read: `rows` readable ones, the lines that were not, and the file's SHA-256."""

    name: str
    path: str
    sha256: str
    columns: tuple[str, ...]
    rows: int
    unreadable: tuple[Unreadable, ...]


def stage_files(engine: Engine, spec: SourceSpec, folder: Path, staging: Path) -> list[StagedFile]:
    """Read every file of the spec and make it visible in the engine under its name.

    Raises
    ------
    InputError
        A file is missing, empty, damaged, in another encoding, or has other columns than its neighbours of a glob.
    """
    staged = []
    for name, file in spec.files.items():
        here = [
            _stage(path, name, file, spec.hospital.language, folder, staging / f"{name}.{number}.parquet")
            for number, path in enumerate(_paths(name, file, folder))
        ]
        _same_columns(here)
        _none_twice(here)
        if not file.may_be_empty and not any(part.rows for part in here):
            raise InputError(
                "the file has no rows",
                where=", ".join(part.path for part in here),
                rows=[f"{part.path} row {u.row}: {u.reason}" for part in here for u in part.unreadable[:3]],
                mend="export it again, or set `may_be_empty: true` for it in the spec",
            )
        engine.scan(name, [staging / f"{name}.{number}.parquet" for number in range(len(here))])
        staged += here
    return staged


def _paths(name: str, file: FileSpec, folder: Path) -> list[Path]:
    exact = folder / file.path
    paths = [exact] if exact.is_file() else sorted(folder.glob(file.path))
    folders = [path for path in paths if not path.is_file()]
    if folders:
        raise InputError(
            "a folder stands where a file is needed",
            where=", ".join(map(str, folders[:3])),
            mend=f"move it away, or give another path for {name} in the spec",
        )
    if paths:
        return paths
    there = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    raise InputError(
        f"file {name} is missing",
        where=str(exact),
        mend=f"files there: {', '.join(there[:12]) or 'none'}; another folder can be given with --from",
    )


def _stage(path: Path, name: str, file: FileSpec, language: str, folder: Path, target: Path) -> StagedFile:
    shown = path.relative_to(folder).as_posix()
    target.parent.mkdir(parents=True, exist_ok=True)
    unreadable: list[Unreadable] = []
    rows, writer = 0, None
    try:
        for batch in read_text(path, file, language, unreadable):
            batch = batch.append_column("_file", pa.array([shown] * len(batch), pa.string()))
            writer = writer or pq.ParquetWriter(target, batch.schema)
            writer.write_table(batch)
            rows += len(batch)
            columns = tuple(column for column in batch.column_names if not column.startswith("_"))
    finally:
        if writer:
            writer.close()
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return StagedFile(name, shown, digest, columns, rows, tuple(unreadable))


def _none_twice(parts: list[StagedFile]) -> None:
    """The same delivery twice: where a spec numbers the lines itself, their keys would not show it."""
    seen: dict[str, str] = {}
    for part in parts:
        first = seen.setdefault(part.sha256, part.path)
        if part.rows and first != part.path:
            raise InputError(
                f"two files of {part.name} have the same content",
                where=f"{first}, {part.path}",
                mend="take one of them away; a month that was delivered again replaces its first delivery",
            )


def _same_columns(parts: list[StagedFile]) -> None:
    first = parts[0]
    for part in parts[1:]:
        odd = sorted(set(part.columns) ^ set(first.columns))
        if odd:
            raise InputError(
                f"files of {first.name} do not have the same columns",
                where=f"{part.path} against {first.path}",
                rows=[f"only in one of them: {', '.join(odd)}"],
                mend="list files of another shape under a name of their own in the spec",
            )
