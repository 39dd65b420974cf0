"""`workbench import`: a source spec's files and databases become a contract folder.

A failed import leaves the earlier one as it was.

data/X/source.yaml                  what the folder is
data/X/TABLE.parquet                the contract's tables
data/X/quarantine/TABLE.parquet     refused rows with their reasons (and a CSV copy for Excel)
data/X/import.json                  spec and file hashes, counts
data/X/files.json                   the sha256 of every table file
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.files import recover, replacing_folder, write_text
from analysis.hospital import open_hospital, save_card, seal_folder, writing
from analysis.sources.quarantine import write_unreadable
from analysis.sources.querying import stage_queries, untried
from analysis.sources.report import FileCount, ImportReport
from analysis.sources.spec import SourceSpec, read_spec
from analysis.sources.staging import StagedFile, stage_files
from analysis.sources.tables import Place, import_table

#: What the engine may hold before it spills to disk; batches and drafts come on top of it.
_MEMORY = "2GB"


def import_source(
    spec: Path, out: Path, folder: Path | None = None, progress: Callable[[str], None] | None = None
) -> ImportReport:
    """Import a source into data/X.

    Parameters
    ----------
    spec : the source spec, e.g. parameters/sources/ny_sparcs.yaml.
    out : the contract folder to write, e.g. data/ny_sparcs; an earlier import there is replaced as a whole.
    folder : where the files are, instead of the spec's `folder`.
    progress : called with the name of each step.

    Returns
    -------
    ImportReport
        Rows read, imported and quarantined by reason; imported + quarantined = read for every table.

    Raises
    ------
    InputError
        The spec, a file or a query is wrong, or a database cannot be reached: where, first rows, how to mend.
    """
    spec, out = Path(spec), Path(out)
    source = read_spec(spec)
    files = Path(os.path.normpath(folder or spec.parent / source.folder))
    with writing(out):
        recover(out)
        _refuse_foreign(out, files)
        with replacing_folder(out) as unfinished:
            return _import(spec, source, files, out, unfinished, progress or (lambda step: None))


def _import(
    spec: Path, source: SourceSpec, folder: Path, out: Path, unfinished: Path, progress: Callable[[str], None]
) -> ImportReport:
    staging = unfinished.resolve() / ".staging"
    staging.mkdir()
    with Engine() as engine:
        _confine(engine, staging)
        progress("files")
        staged = stage_files(engine, source, folder, staging)
        if source.queries:
            progress("databases")
            staged += stage_queries(engine, source, spec, staging)
        place = Place(engine, source, spec, unfinished, staging, {file.name: file.columns for file in staged})
        tables = []
        for name, table in contract_tables().items():
            if name in source.tables:
                progress(name)
                tables.append(import_table(place, table))
    _keep_answers(source, out, unfinished)
    write_unreadable(unfinished / "quarantine", staged)
    save_card(unfinished, source.hospital)
    digest = hashlib.sha256(spec.read_bytes()).hexdigest()
    files = tuple(_file_count(file) for file in staged)
    report = ImportReport(source.hospital.name, out, spec.name, digest, files, tuple(tables), untried(source))
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
    write_text(unfinished / "import.json", text + "\n")
    shutil.rmtree(staging)
    seal_folder(unfinished)
    return report


def _keep_answers(source: SourceSpec, out: Path, unfinished: Path) -> None:
    """Answers taken in by `workbench review` outlive the next delivery, unless it brings the table itself."""
    if "reviews" in source.tables or not (out / "reviews.parquet").is_file():
        return
    earlier = open_hospital(out)
    earlier.check(earlier.files("reviews"))
    shutil.copy2(out / "reviews.parquet", unfinished / "reviews.parquet")


def _confine(engine: Engine, staging: Path) -> None:
    """A spec's SELECT reads what was staged and nothing else: no other file of the machine, no address.

    What does not fit into the memory allowed is spilled beside the drafts.
    """
    quoted = f"{staging.as_posix()}/".replace("'", "''")
    allowed = f"allowed_directories = ['{quoted}']"
    spill = f"temp_directory = '{quoted}spill'"
    for setting in (spill, f"memory_limit = '{_MEMORY}'", allowed, "enable_external_access = false"):
        engine.value(f"set {setting}")


def _file_count(file: StagedFile) -> FileCount:
    return FileCount(file.name, file.path, file.rows, len(file.unreadable), file.sha256)


def _refuse_foreign(out: Path, files: Path) -> None:
    """Only what an import wrote is replaced, and never the folder the files are read from."""
    if out.resolve() in (files.resolve(), *files.resolve().parents):
        raise InputError("the source files lie inside the folder to be written", where=str(out), mend="choose another")
    if out.exists() and not (out.is_dir() and ((out / "import.json").exists() or not any(out.iterdir()))):
        raise InputError(
            "the folder is there and was not written by an import",
            where=str(out),
            mend="choose another --out, or move it away",
        )
