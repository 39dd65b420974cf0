"""What a study found, kept beside the closed months: outputs/NAME/studies/STUDY/TABLE.parquet, written whole or not."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.contract import Table, closed_tables
from analysis.engine import Engine, write_parquet
from analysis.errors import InputError
from analysis.files import only_one, replacing_folder, write_text

#: Seconds that a study waits for another to be written: pages of a pack are made side by side.
_PATIENCE = 30
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")


def write_study(folder: Path, study: str, tables: Mapping[str, pd.DataFrame], made_from: Mapping[str, Any]) -> Path:
    """Write the tables of a study; an earlier run of it is replaced.

    Parameters
    ----------
    folder : outputs/NAME.
    study : its name, beginning with the scenario it answers (E3_haemorrhage); the tables get it as column `study`.
    tables : `effects`, `scenario_outcomes`: frames with the columns of schemas/closed_period.yaml, `study` left out.
    made_from : what a reader needs to make it again: periods, run id, parameters; plain values.

    Returns
    -------
    The study's folder.

    Raises
    ------
    InputError
        A name that is none, or a table that studies do not write.
    """
    if not _NAME.match(study):
        raise InputError(f"a study cannot be called {study!r}", mend="letters, digits and _ only, a letter first")
    known = {name: table for name, table in closed_tables().items() if table.study}
    if wrong := sorted(set(tables) - set(known)):
        raise InputError(f"studies do not write {wrong[0]}", mend=f"they write {', '.join(sorted(known))}")
    final = folder / "studies" / study
    lock = only_one(folder / "studies" / ".writing.lock", "study of this hospital", folder, _PATIENCE)
    with lock, replacing_folder(final) as draft, Engine() as engine:
        for name, rows in tables.items():
            engine.put(name, _whole(rows.assign(study=study), known[name]))
            write_parquet(engine.shaped(known[name]), draft / f"{name}.parquet")
        write_text(draft / "study.json", json.dumps(dict(made_from), ensure_ascii=False, indent=1, sort_keys=True))
    return final


def _whole(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows with optional columns that the study left out, each told apart by the key."""
    if twice := list(rows.loc[rows.duplicated(table.key), table.key].itertuples(index=False, name=None)):
        raise InputError(f"{len(twice)} rows of {table.name} stand twice", rows=[str(row) for row in twice[:5]],
                         mend="give each scenario or estimand a name of its own")  # fmt: skip
    missing = [name for name, column in table.columns.items() if column.optional and name not in rows]
    return rows.assign(**{name: pd.Series(dtype=object) for name in missing})


def read_studies(folder: Path, table: str) -> pd.DataFrame:
    """A table of all studies in outputs/NAME; no rows where there is none."""
    with Engine() as engine:
        engine.attach(closed_tables()[table], sorted(folder.glob(f"studies/*/{table}.parquet")))
        return engine.frame(f'select * from "{table}" order by all')
