"""One round: import, check and close a corrupted hospital as far as they go, and say how it ended."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.closed_period import closed_periods, open_period
from analysis.errors import InputError
from benchmarks.corruptions.commands import Ended, command
from benchmarks.corruptions.kinds import Kind, Outcome
from benchmarks.corruptions.oracle import Totals, WrongError, check_close, check_import, closed_totals
from benchmarks.corruptions.small_hospital import MONTH, standing_in

_DATA, _CLOSED = Path("data/small"), Path("outputs/small")


class FailedError(Exception):
    """A traceback, a lost row, a total that changed silently, or a last good state that was harmed."""


@dataclass(frozen=True)
class Good:
    """The hospital before it is corrupted: where it is, hashes of what was imported and closed, and its totals."""

    place: Path
    data: dict[str, str]
    closed: dict[str, str]
    totals: Totals

    @classmethod
    def of(cls, place: Path) -> "Good":
        return cls(place, hashes(place / _DATA), hashes(place / _CLOSED), check_close(place, [MONTH])[MONTH])


def hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file that is kept (hidden ones are drafts and locks)."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def play(good: Good, place: Path, kind: Kind) -> Outcome:
    """Run what the corruption can reach.

    Raises
    ------
    FailedError
        The round ended as no round may.
    """
    with standing_in(place):
        try:
            if kind.area in ("source", "spec"):
                return _from_source(good, place, kind)
            if kind.area == "closed":
                return _from_closed(good, place)
            return _from_folder(good, place, kind)
        except WrongError as wrong:
            raise FailedError(str(wrong)) from wrong


def _run(*words: str) -> Ended:
    ended = command(*words)
    if ended.traceback or (ended.code and not ended.clear):
        raise FailedError(f"{' '.join(words)} ended with {ended.code}: {ended.text[-800:]}\n{ended.traceback[-3000:]}")
    return ended


def _from_source(good: Good, place: Path, kind: Kind) -> Outcome:
    if _run("import", "spec.yaml", "--out", str(_DATA)).code:
        _untouched(good.data, place / _DATA)
        _untouched(good.closed, place / _CLOSED)
        return "error"
    same_spec = _same_yaml(good.place / "spec.yaml", place / "spec.yaml")
    aside = check_import(place) if same_spec else 0
    if _tables(hashes(place / _DATA)) == _tables(good.data):
        return "quarantined" if aside else "clean"
    outcome = _check_and_close(good, place)
    if outcome == "error":
        return outcome
    return "quarantined" if aside else outcome


def _from_folder(good: Good, place: Path, kind: Kind) -> Outcome:
    outcome = _check_and_close(good, place)
    if outcome == "clean" and kind.area == "parameters" and not _same_parameters(good.place, place):
        return "carried"
    return outcome


def _check_and_close(good: Good, place: Path) -> Outcome:
    """Check, which may refuse, then close: the totals must be those of the folder's tables."""
    refused = _run("check", str(_DATA)).code
    if _run("close", str(_DATA)).code:
        left = hashes(place / _CLOSED)
        if {name: mark for name, mark in left.items() if name.startswith(MONTH)} != good.closed:
            check_close(place, [MONTH])
        return "error"
    if refused:  # closing needed nothing of what check refuses: then it changed nothing
        if closed_totals(place, MONTH) != good.totals:
            raise FailedError("closed with another total from a folder that check refuses")
        return "error"
    months = [period.name for period in closed_periods(place / _CLOSED)]
    totals = check_close(place, months)
    return "clean" if totals.get(MONTH) == good.totals else "carried"


def _from_closed(good: Good, place: Path) -> Outcome:
    """A reader is told or reads the right figures; the next close makes the month whole again."""
    month = place / _CLOSED / MONTH
    try:
        cases = open_period(month).sql("select sum(payment) as payment, sum(cost_total) as cost from cases")
        if [round(float(value), 2) for value in cases.iloc[0]] != [
            float(good.totals[name] or 0) for name in ("payment", "cost")
        ]:
            raise FailedError("a damaged month was read as a good one")
    except InputError:
        pass
    ended = _run("close", str(_DATA))
    if ended.code:
        raise FailedError(f"the month cannot be closed again: {ended.text}")
    _untouched(good.closed, place / _CLOSED)
    return "clean" if "unchanged" in ended.text else "mended"


def _untouched(good: dict[str, str], folder: Path) -> None:
    """The last good state is there, byte for byte, and nothing else but what the corruption itself put there."""
    left = hashes(folder)
    harmed = [name for name, mark in good.items() if left.get(name) != mark]
    if harmed:
        raise FailedError(f"{folder.name}: the last good state was harmed: {harmed[:5]}")
    drafts = [path.name for path in folder.rglob(".*") if path.name.endswith((".unfinished", ".retired"))]
    if drafts:
        raise FailedError(f"{folder.name}: left over: {drafts[:5]}")


def _tables(marks: dict[str, str]) -> dict[str, str]:
    return {name: mark for name, mark in marks.items() if name.endswith(".parquet") and "quarantine" not in name}


def _same_yaml(one: Path, other: Path) -> bool:
    return bool(yaml.safe_load(one.read_text("utf8")) == yaml.safe_load(other.read_text("utf8")))


def _same_parameters(good: Path, place: Path) -> bool:
    files = [path.relative_to(good) for path in (good / "parameters").rglob("*.yaml")]
    files.append(_DATA / "source.yaml")
    return all((place / file).is_file() and _same_yaml(good / file, place / file) for file in files)
