"""A clinical pathway as its file says it: who belongs on it, what is asked for, and the course that is simulated."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from analysis.pathways.acts import Act, Chance
from analysis.pathways.times import Time
from analysis.settings import Settings
from analysis.vocabulary import Named

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
#: "mon", "mon-fri": [opens, closes] in hours of the day.
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_Hour = Annotated[float, Field(ge=0, le=24)]
Hours = dict[Annotated[str, StringConstraints(pattern=rf"^{_DAY}(-{_DAY})?$")], tuple[_Hour, _Hour]]


class Bounds(Settings):
    """At least and at most; either may be left open."""

    least: float | None = None
    most: float | None = None


class Entry(Settings):
    """Who belongs on a pathway: all of it must hold; within a list, one is enough. Codes are beginnings of codes.

    diagnosis : the principal one · any_diagnosis, unless_diagnosis : any of the stay · records : names in the
    hospital's own records (pathway_records) under which it puts stays on this pathway.
    """

    drg: tuple[str, ...] = ()
    diagnosis: tuple[str, ...] = ()
    any_diagnosis: tuple[str, ...] = ()
    procedure: tuple[str, ...] = ()
    unless_diagnosis: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    age: Bounds = Bounds()
    records: tuple[str, ...] = ()


class Standard(Settings):
    """What a stay by the pathway should be: days, cost in the hospital's currency, rates."""

    days: float = Field(gt=0)
    cost: Bounds = Bounds()
    complication: Chance | None = None
    readmission: Chance | None = None


class Measured(Settings):
    """A measurement that excuses a step: once below or above a value, or by how much it rose from the first one."""

    name: str
    below: float | None = None
    above: float | None = None
    rise: float | None = Field(None, gt=0)


class Excuse(Settings):
    """Who need not have a step: by beginnings of diagnosis codes, a measurement, or an earlier end of the stay."""

    diagnosis: tuple[str, ...] = ()
    measurement: Measured | None = None
    stay_shorter_than: float | None = None


class Step(Named):
    """What is asked for once in a stay.

    activity, items : by which events or charge lines it is known.
    need : required, optional or forbidden.
    day : first and last day on which it is expected, 1 = day of admission, -1 = day of discharge.
    after, within_hours : not later than so long after another step began, or after `admission`.
    least, most : how often.
    cause : whose variance it is where it waits or is left out. resource : what it is waited for.
    """

    activity: str | None = None
    items: dict[str, float] = {}
    need: Literal["required", "optional", "forbidden"] = "required"
    day: tuple[int, int] | None = None
    after: str | None = None
    within_hours: float | None = Field(None, gt=0)
    least: int | None = Field(None, ge=0)
    most: int | None = Field(None, ge=0)
    cause: Literal["disease", "treatment", "system"] = "treatment"
    resource: str | None = None
    unless: Excuse = Excuse()


class Arrivals(Settings):
    """Patients a day, and how they spread over the week (Monday first) and the hours of a day."""

    a_day: float = Field(gt=0)
    by_weekday: tuple[float, ...] = Field((1.0,) * 7, min_length=7, max_length=7)
    by_hour: tuple[float, ...] = Field((1.0,) * 24, min_length=24, max_length=24)


class Others(Arrivals):
    """Patients of other pathways who use a resource: how long, and how long they wait for it at most (days)."""

    time: Time
    patience: float | None = Field(None, gt=0)


class Resource(Settings):
    """Units that are held: always, or in `hours` of the week only. `cost_a_day` of a unit in use; `others` use it."""

    units: int = Field(ge=0)
    hours: Hours | None = None
    cost_a_day: float = Field(0.0, ge=0)
    others: Others | None = None


class Pathway(Named):
    """One pathway file. `course` may be empty: then adherence can be judged, but nothing simulated.

    names : what acts of the course and their ways are called where people read them; steps have names of their own.
    """

    id: Code
    version: str
    basis: Named
    entry: Entry
    standard: Standard
    steps: dict[Code, Step]
    payment: float = Field(0.0, ge=0)
    resources: dict[Code, Resource] = {}
    calendars: dict[Code, Hours] = {}
    arrivals: Arrivals | None = None
    course: tuple[Act, ...] = ()
    names: dict[Code, Named] = {}

    def name(self, code: str, language: str) -> str:
        """What a step, an act or a way is called; the code itself, spelt out, where nothing is said."""
        named = self.names.get(code) or self.steps.get(code)
        return str(getattr(named, language)) if named else code.replace("_", " ")
