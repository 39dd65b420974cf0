"""The acts of a course: what happens to a patient, one after another, as a pathway file says it."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from analysis.pathways.times import Time
from analysis.settings import Settings

Chance = Annotated[float, Field(ge=0, le=1)]
Quantity = Annotated[float, Field(ge=0)]


class Seen(Settings):
    """How the hospital's data show an act or a way; all of it must hold, within a list one is enough.

    activity : of events, where a step has none or another · resource : of events · items : charged and not given back ·
    procedure, diagnosis : beginnings of codes, any of the stay · admission, disposition : of the stay · ward : kind of
    ward (transfers) · until : what an act lasts to, if not to the end of its event.
    """

    activity: str | None = None
    resource: str | None = None
    items: tuple[str, ...] = ()
    procedure: tuple[str, ...] = ()
    diagnosis: tuple[str, ...] = ()
    admission: tuple[str, ...] = ()
    disposition: tuple[str, ...] = ()
    ward: str | None = None
    until: Literal["discharge"] | None = None


class _Act(Settings):
    """`skip` leaves an act out, `before` moves it in front of another: edits of a scenario. `seen`: for calibration."""

    skip: bool = False
    before: str | None = None
    seen: Seen | None = None


class Hold(_Act):
    """Wait for a unit of a resource and hold it; urgency 0 is served first."""

    hold: str
    urgency: int = Field(1, ge=0, le=3)


class Move(_Act):
    """Hold the unit one has until one of another resource is free (a bed in the next ward)."""

    move: str
    give: str
    urgency: int = Field(1, ge=0, le=3)


class Give(_Act):
    """Give a unit back."""

    give: str


class Do(_Act):
    """A step of the pathway: its resource is held while its time passes, its items are used; `times` in a row."""

    do: str
    time: Time | None = None
    times: int = Field(1, ge=1, le=99)
    urgency: int = Field(1, ge=0, le=3)
    items: dict[str, Quantity] = {}


class Spend(_Act):
    """Time passes."""

    spend: str
    time: Time


class Use(_Act):
    """Items are used."""

    use: str
    items: dict[str, Quantity]


class Way(Settings):
    """One way of a choice."""

    way: str
    chance: Chance
    seen: Seen | None = None
    course: "tuple[Act, ...]" = ()


class Choose(_Act):
    """One of several ways; their chances sum to 1."""

    choose: str
    of: tuple[Way, ...] = Field(min_length=2)


class Complicate(_Act):
    """A complication, and what follows from it."""

    complicate: str
    chance: Chance
    course: "tuple[Act, ...]" = ()


class Wait(_Act):
    """Until a calendar is open (rounds, office hours)."""

    wait: str


class Start(_Act):
    """A clock starts; the clock `admission` runs from the beginning."""

    start: str


class Until(_Act):
    """Until so long after a clock started; at once where that has passed."""

    until: str
    clock: str = "admission"
    time: Time


class Discharge(_Act):
    """The stay ends and is counted."""

    discharge: str


class Readmit(_Act):
    """Back with a chance, some time after discharge, for a stay of its own."""

    readmit: str
    chance: Chance
    after: Time
    course: "tuple[Act, ...]" = ()


_KINDS = {
    "hold": Hold, "move": Move, "do": Do, "spend": Spend, "use": Use, "choose": Choose, "complicate": Complicate,
    "wait": Wait, "start": Start, "until": Until, "discharge": Discharge, "readmit": Readmit, "give": Give,
}  # fmt: skip
VERBS = tuple(_KINDS)


def verb_of(raw: Any) -> str | None:
    """The verb of an act as it is written, None where it has none."""
    written = raw if isinstance(raw, dict) else dict.fromkeys(getattr(raw, "model_fields_set", ()))
    return next((verb for verb in VERBS if verb in written), None)


Act = Annotated[
    Annotated[Hold, Tag("hold")] | Annotated[Move, Tag("move")] | Annotated[Give, Tag("give")]
    | Annotated[Do, Tag("do")] | Annotated[Spend, Tag("spend")] | Annotated[Use, Tag("use")]
    | Annotated[Choose, Tag("choose")] | Annotated[Complicate, Tag("complicate")] | Annotated[Wait, Tag("wait")]
    | Annotated[Start, Tag("start")] | Annotated[Until, Tag("until")] | Annotated[Discharge, Tag("discharge")]
    | Annotated[Readmit, Tag("readmit")],
    Discriminator(
        verb_of,
        custom_error_type="verb",
        custom_error_message=f"an act says one of: {', '.join(VERBS)}",
    ),
]  # fmt: skip

for _kind in (Way, Complicate, Readmit, Choose):
    _kind.model_rebuild()


def name_of(act: Any) -> str:
    """What an act is called, and by which its numbers are addressed: what follows its verb."""
    return str(getattr(act, verb_of(act) or ""))


def branches_of(act: Any) -> tuple[tuple[Any, ...], ...]:
    """The courses within an act."""
    if isinstance(act, Choose):
        return tuple(way.course for way in act.of)
    return (act.course,) if isinstance(act, Complicate | Readmit) else ()
