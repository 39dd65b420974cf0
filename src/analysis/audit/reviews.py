"""Answers to findings and denials: which may follow which, where each case stands, and how they are added to the data.

open -> explained or accepted -> rectified -> verified. An explanation that does not hold becomes an acceptance. Answers
live in the contract table `reviews` of the data folder and are joined when reading: a closed month stays as it is.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.contract import contract_tables
from analysis.engine import write_parquet
from analysis.errors import InputError
from analysis.files import replacing_folder
from analysis.hospital import Hospital, open_hospital, seal_folder, writing

#: What may be answered next.
NEXT: dict[str, tuple[str, ...]] = {
    "open": ("explained", "accepted"),
    "explained": ("accepted",),
    "accepted": ("rectified",),
    "rectified": ("verified",),
    "verified": (),
}
#: Answers by which a department agrees that the finding is right.
CONFIRMED = ("accepted", "rectified", "verified")
_COLUMNS = ["kind", "finding_id", "status", "by", "at", "note"]


class Answer(NamedTuple):
    """One answer, in the columns of the contract table `reviews`."""

    kind: str
    finding_id: str
    status: str
    by: str
    at: datetime
    note: str | None


def read_reviews(hospital: Hospital) -> pd.DataFrame:
    """All answers of a data folder in order of time; none where the table is not there."""
    files = hospital.files("reviews")
    hospital.check(files)
    table = contract_tables()["reviews"].arrow_schema().empty_table() if not files else pq.read_table(files[0])
    return table.to_pandas().sort_values(["at", "kind", "finding_id"], kind="stable").reset_index(drop=True)


def standing(reviews: pd.DataFrame, kind: str = "finding") -> pd.DataFrame:
    """The last answer of every case of a kind: index finding_id; status, by, at, note and `opened` (first answer)."""
    rows = reviews[reviews["kind"] == kind].sort_values(["at"], kind="stable")
    last = rows.drop_duplicates("finding_id", keep="last").set_index("finding_id")
    return last.assign(opened=rows.groupby("finding_id")["at"].min())[["status", "by", "at", "note", "opened"]]


def add_reviews(folder: Path, answers: Sequence[Answer], where: str) -> int:
    """Append answers to a data folder: all of them or none, whenever the process ends, sealed as the folder was.

    Parameters
    ----------
    where : where the answers come from, for the message of an error.

    Returns
    -------
    How many were added; an answer of the same day that stands there word for word is not added again.

    Raises
    ------
    InputError
        An answer that may not follow what stands: then none is added.
    """
    with writing(folder):
        hospital = open_hospital(folder)
        there = read_reviews(hospital)
        known = {_dated(Answer(**row)) for row in there[_COLUMNS].to_dict("records")}
        new = follow([answer for answer in answers if _dated(answer) not in known], there, where)
        if new:
            schema = contract_tables()["reviews"].arrow_schema()
            old = pa.Table.from_pandas(there[_COLUMNS], schema, preserve_index=False)
            rows = pa.concat_tables([old, pa.Table.from_pylist([a._asdict() for a in new], schema)])
            _exchange(folder, rows, sealed=hospital.seal is not None)
    return len(new)


def _dated(answer: Answer) -> tuple[object, ...]:
    """An answer by its day, an empty note as no note."""
    return (*answer[:4], answer.at.date(), answer.note if isinstance(answer.note, str) else None)


def _exchange(folder: Path, reviews: pa.Table, sealed: bool) -> None:
    """The folder again with other reviews: every other file is the same file, under a second name."""
    with replacing_folder(folder) as draft:
        for path in sorted(folder.rglob("*")):
            place = draft / path.relative_to(folder)
            if path.is_dir():
                place.mkdir()
            elif place.name not in {"reviews.parquet", "files.json"} or path.parent != folder:
                _link(path, place)
        write_parquet(reviews, draft / "reviews.parquet")
        if sealed:
            seal_folder(draft)


def _link(path: Path, place: Path) -> None:
    try:
        os.link(path, place)
    except OSError:  # a disk without links
        shutil.copy2(path, place)


def follow(answers: Sequence[Answer], reviews: pd.DataFrame, where: str) -> list[Answer]:
    """Answers as they follow what stands: the second answer of a day comes after the first one.

    Raises
    ------
    InputError
        An answer that may not follow, or is dated before the last one: with every such row.
    """
    wrong, placed = [], []
    stands = {kind: standing(reviews, kind) for kind in {answer.kind for answer in answers}}
    for answer in answers:
        last = stands[answer.kind]
        row = last.loc[answer.finding_id] if answer.finding_id in last.index else None
        status = "open" if row is None else str(row["status"])
        if row is not None and answer.at.date() < row["at"].date():
            wrong.append(f"{answer.finding_id}: {answer.at.date()} is before the last answer, {row['at'].date()}")
        elif answer.status not in NEXT[status]:
            allowed = " or ".join(NEXT[status]) or "nothing"
            wrong.append(f"{answer.finding_id}: {status} -> {answer.status}; after {status} comes {allowed}")
        else:
            late = row is not None and answer.at <= row["at"]
            placed.append(answer._replace(at=row["at"].to_pydatetime() + _SECOND) if late else answer)
    if wrong:
        raise InputError(
            f"{len(wrong)} answer(s) that cannot follow what stands",
            where=where,
            rows=wrong[:5],
            mend="open -> explained or accepted -> rectified -> verified, later answers on later days",
        )
    return placed


_SECOND = pd.Timedelta(seconds=1).to_pytimedelta()
