"""Adherence: every step that a pathway asks for, judged on every stay on it.

A stay is judged as a whole in the period of its discharge. Everything is a join of the stays with the steps' rows: one
query for charge lines, one for events, one for excuses, however many steps there are.

What counts as done: an event of the step's activity, or charge lines of its items that were not given back by the end
of the period. Statuses, the first that holds:

forbidden : done though the pathway forbids it.
omitted : required, and done fewer times than `least` (1 where the file says nothing), or only before the step it must
    follow.
repeated : done more often than `most`.
late : done after the last expected day, or more than `within_hours` after the step it follows (or after admission).
done : all else that was done.

Only what was done from the first expected day on counts; a required step that was done only before it is done (`early`
of step_judged). A step that is forbidden on some days is forbidden on these alone.

No row where nothing can be held for or against anybody: the stay is excused (by a diagnosis, a measurement, an early
end), or whether it is cannot be told (the measurement is missing); a step follows an optional one that was not done; an
optional or forbidden step was not done. So `omitted` / rows of a required step is its rate among those who should have
had it. Where only the time is missing, a step that was done is `done`: lateness that cannot be shown is not claimed
(`in_time` of step_judged is empty then).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.pathways.entry import find_pathway_stays
from analysis.pathways.model import Pathway, Step
from analysis.periods import Period

_SQL = "analysis.pathways"
#: What is charged to a stay before its admission belongs to it so far back.
_BEFORE = timedelta(days=7)


def adhere_period(engine: Engine, hospital: Hospital, period: Period, library: Mapping[str, Pathway]) -> None:
    """Leave table adherence (closed period) of the stays discharged in a period.

    The line tables that the engine sees are narrowed to the period again afterwards. For variances and variants the
    tables pathway_stays (stay x pathway), step_facts and step_judged (stay x step) stay in the engine.

    Parameters
    ----------
    engine : sees the hospital's tables.
    library : of `read_library`.
    """
    adhere_span(engine, hospital, [period], library)
    hospital.attach_partitions(engine, [period])


def adhere_span(engine: Engine, hospital: Hospital, periods: list[Period], library: Mapping[str, Pathway]) -> None:
    """The same over several periods, first to last: what the revision of a pathway is made from."""
    start, end = periods[0].start, periods[-1].end
    find_pathway_stays(engine, start, end, observable(library, hospital.tables), _lines_from(hospital))
    read_from = _attach(engine, hospital, periods)
    judge_steps(engine, read_from, end)


def observable(library: Mapping[str, Pathway], tables: Collection[str]) -> dict[str, Pathway]:
    """The pathways with the steps that a hospital's tables can show.

    A step that only a missing table would show (items: charges, activity: events) is nobody's omission. Who comes after
    such a step is asked for without it.
    """

    def seen(step: Step) -> bool:
        return (bool(step.items) and "charges" in tables) or (bool(step.activity) and "events" in tables)

    def kept(pathway: Pathway) -> dict[str, Step]:
        steps = {name: step for name, step in pathway.steps.items() if seen(step)}
        free = {"after": None, "within_hours": None}
        known = {None, "admission", *steps}
        return {name: s if s.after in known else s.model_copy(update=free) for name, s in steps.items()}

    return {name: pathway.model_copy(update={"steps": kept(pathway)}) for name, pathway in library.items()}


def _lines_from(hospital: Hospital) -> datetime:
    """When the lines of charges and events begin, as far as they are kept: of earlier admissions a part is unknown."""
    files = [hospital.files(name) for name in ("charges", "events")]
    return max((Period(months[0].stem).start for months in files if months), default=datetime.min)


def judge_steps(engine: Engine, read_from: datetime, end: datetime) -> None:
    """Leave step_facts, step_judged and adherence of the stays in pathway_stays, from the lines between two moments."""
    for name in ("step_charges", "step_events", "step_excuses", "step_facts", "step_judged", "adherence"):
        engine.make(_SQL, name, read_from=read_from, end_at=end)


def _attach(engine: Engine, hospital: Hospital, periods: list[Period]) -> datetime:
    """Make line tables visible back to the first admission on a pathway; returns from when on they are read."""
    first = engine.value("select min(admitted_at) from pathway_stays")
    read_from = min(periods[0].start, first or periods[0].start) - _BEFORE
    needed = list(periods)
    while needed[0].start > read_from:
        needed.insert(0, needed[0].previous)
    hospital.attach_partitions(engine, needed)
    return read_from
