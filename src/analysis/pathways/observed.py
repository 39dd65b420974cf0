"""What the hospital's tables show of the stays on a pathway: the moments by which its course is calibrated."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.pathways.acts import Do, branches_of
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.model import Pathway
from analysis.periods import Period

_SQL = "analysis.pathways"
#: Lines of a stay are looked for from so many months before the first period on.
_MONTHS_BEFORE = 4


@dataclass(frozen=True)
class Event:
    """One event, in days since a Monday; `asked` is not after `began`, `requested` whether a request is known."""

    asked: float
    began: float
    ended: float
    resource: str | None
    requested: bool


@dataclass(frozen=True)
class Observed:
    """One stay on the pathway; times in days since a Monday.

    events : activity -> events in order · wards : kind of ward -> (from, to) in order · items : code -> quantity.
    complicated : None where outcomes do not say · again : days to an unplanned return within 30 days and its days;
    None where nobody came back · followed : whether 30 days have passed.
    """

    stay: str
    admitted: float
    discharged: float
    admission: str | None
    disposition: str | None
    complicated: bool | None
    again: tuple[float, float] | None
    followed: bool
    is_return: bool
    events: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    wards: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    items: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def days(self) -> float:
        return self.discharged - self.admitted


def observe(engine: Engine, hospital: Hospital, first: Period, last: Period, pathway: Pathway) -> list[Observed]:
    """Stays on a pathway discharged from the first period to the end of the last, with all that its course looks for.

    The line tables that the engine sees are all of the hospital's again afterwards; tables pathway_stays and course_*
    stay in the engine.
    """
    find_pathway_stays(engine, first.start, last.end, {pathway.id: pathway})
    months = [first.shift(-1 if first.is_year else -_MONTHS_BEFORE)]
    while months[-1] < last:
        months.append(months[-1].next)
    hospital.attach_partitions(engine, months)
    found = observed_stays(engine, pathway, last.end)
    hospital.attach_partitions(engine, hospital_months(hospital))
    return found


def hospital_months(hospital: Hospital) -> list[Period]:
    """Every period of which the hospital keeps lines."""
    names = {file.stem for table in ("charges", "events") for file in hospital.files(table)}
    return [Period(name) for name in sorted(names)]


def observed_stays(engine: Engine, pathway: Pathway, end: datetime) -> list[Observed]:
    """The same from an engine whose table pathway_stays is there and whose line tables hold what is needed."""
    activities = sorted({name for act in _acts(pathway.course) for name in activities_of(act, pathway)})
    engine.put("course_activities", pa.table({"activity": pa.array(activities, pa.string())}))
    names = ("course_stays", "course_events", "course_items", "course_wards", "course_codes")
    for name in names:
        engine.make(_SQL, name, pathway=pathway.id, end_at=end)
    stays, events, items, wards, codes = (engine.frame(f"select * from {name}") for name in names)
    by_stay = {
        "events": _grouped(events, "activity", _event),
        "wards": _grouped(wards, "ward_type", lambda row: (row.began, row.ended)),
        "codes": _grouped(codes, "kind", lambda row: row.code),
    }
    used: dict[str, dict[str, float]] = {}
    for row in items.itertuples():
        used.setdefault(row.stay_id, {})[row.item] = float(row.quantity)
    return [_observed(row, used.get(row.stay_id, {}), by_stay) for row in stays.itertuples()]


def activities_of(act: object, pathway: Pathway) -> list[str]:
    """Activities of events by which an act or a way is known."""
    seen = getattr(act, "seen", None)
    if seen and seen.activity:
        return [seen.activity]
    step = pathway.steps[act.do] if isinstance(act, Do) else None
    return [step.activity] if step and step.activity else []


def _acts(course: Iterable[object]) -> Iterable[object]:
    """Acts and ways, those within others included."""
    for act in course:
        yield act
        yield from getattr(act, "of", ())
        for inner in branches_of(act):
            yield from _acts(inner)


def _event(row: object) -> Event:
    ended = row.began if pd.isna(row.ended) else max(row.ended, row.began)
    return Event(row.asked, row.began, ended, None if pd.isna(row.resource) else row.resource, bool(row.requested))


def _grouped(rows: pd.DataFrame, key: str, made: Callable[[Any], Any]) -> dict[str, dict[str, tuple]]:
    """stay -> key -> what was made of its rows, in their order."""
    found: dict[str, dict[str, list]] = {}
    for row in rows.itertuples():
        found.setdefault(row.stay_id, {}).setdefault(getattr(row, key), []).append(made(row))
    return {stay: {name: tuple(of) for name, of in inner.items()} for stay, inner in found.items()}


def _known(value: object) -> str | None:
    return None if pd.isna(value) else str(value)


def _observed(row: object, items: Mapping[str, float], by_stay: Mapping[str, Mapping[str, Mapping]]) -> Observed:
    again = None if pd.isna(row.again_at) else (row.again_at - row.discharged, row.again_days)
    return Observed(
        stay=row.stay_id,
        admitted=row.admitted,
        discharged=row.discharged,
        admission=_known(row.admission_type),
        disposition=_known(row.disposition),
        complicated=None if pd.isna(row.complication) else bool(row.complication),
        again=again,
        followed=bool(row.known_30d),
        is_return=bool(row.is_return),
        items=items,
        **{name: of.get(row.stay_id, {}) for name, of in by_stay.items()},
    )
