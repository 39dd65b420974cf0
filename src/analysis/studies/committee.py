"""The committee's report opened: every figure of it is a function that takes this and returns a Finding."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from analysis.closed_period import closed_periods, open_period, read_card
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.periods import Period
from analysis.settings import parameters_folder
from analysis.studies.report import SQL, Report, followed_up, scheme_of
from analysis.vocabulary import LANGUAGES

_TABLES = tuple(period_tables())
_HISTORY = 26


def open_report(
    data: str, period: str, outputs: str = "outputs", language: str = "zh", hospital: str = "", department: str = ""
) -> Report:
    """Open a closed period with up to two years before it, as one hospital's report.

    Parameters
    ----------
    data : data/NAME; the closed periods are those of outputs/NAME.
    period : `2023-06`, or a year where years are closed.
    language : zh or en.
    hospital : needed only where the folder holds several.
    department : code of the department the report is about; empty = the whole hospital.

    Raises
    ------
    InputError
        Not closed, unknown language, a hospital or a department that the folder does not have.
    """
    if language not in LANGUAGES:
        raise InputError(f"unknown language {language!r}", mend="use zh or en")
    folder = _found(Path(outputs)) / Path(data).name
    open_period(folder / Period(period).name)
    marks = tuple((p, read_card(folder, p)["run_id"]) for p in _history(folder, Period(period)))  # type: ignore[index]
    engine, chosen = _load(folder, marks, hospital)
    card = read_card(folder, Period(period))
    assert card is not None
    periods = tuple(period for period, _ in marks)
    report = Report(folder, _found(Path(data)), periods[-1], periods, chosen, language, card, engine, department)  # type: ignore[arg-type]
    if department:
        _check_department(report)
    return report


@lru_cache(maxsize=4)
def _load(folder: Path, marks: tuple[tuple[Period, str], ...], hospital: str) -> tuple[Engine, str]:
    """The tables of the periods and the case and indicator books; kept, so that thirty pages load them once."""
    engine = Engine()
    periods = [period for period, _ in marks]
    for name in _TABLES:
        chosen = periods[-1:] if name == "names" else periods
        engine.stack(period_tables()[name], {p.name: folder / p.name / "tables" / f"{name}.parquet" for p in chosen})
    one = _one_hospital(engine, hospital, folder)
    known = followed_up(periods)
    card = read_card(folder, periods[-1]) or {}
    values = {"hospital": one, "end_at": periods[-1].end, "known_until": known.name if known else ""}
    values["fixed"] = scheme_of(card)["fixed_items"]
    engine.make(SQL, "case_book", **values)
    engine.make(SQL, "indicator_book", **values)
    return engine, one


def _one_hospital(engine: Engine, hospital: str, folder: Path) -> str:
    there = sorted(engine.frame("select distinct hospital_id from cases")["hospital_id"])
    if hospital in there:
        return hospital
    if not hospital and len(there) == 1:
        return there[0]
    problem = f"no cases of hospital {hospital!r}" if hospital else f"{len(there)} hospitals in one folder"
    shown = ", ".join(there[:12]) + (" ..." if len(there) > 12 else "")
    raise InputError(problem, where=str(folder), mend=f"name one of them as `hospital`: {shown}")


def _check_department(report: Report) -> None:
    there = report.engine.frame("select distinct department from case_book where department is not null order by 1")
    if report.department not in set(there["department"]):
        raise InputError(
            f"no cases of department {report.department!r}",
            where=str(report.folder),
            mend=f"departments there: {', '.join(there['department'])}",
        )


def _history(folder: Path, last: Period) -> list[Period]:
    """Closed periods of the same kind up to `last`, at most 26."""
    same: Sequence[Period] = [p for p in closed_periods(folder) if p.is_year == last.is_year and p <= last]
    return list(same)[-_HISTORY:] if last.is_year else [p for p in same if p >= last.shift(1 - _HISTORY)]


def _found(path: Path) -> Path:
    """A relative path seen from here, else from the project's folder."""
    if path.is_absolute() or path.exists():
        return path
    try:
        return parameters_folder().parent / path
    except InputError:
        return path
