"""A rule as a row: what it looks for, when it holds, what it needs to know, and what it says.

A rule file (parameters/rules/NAME.yaml) is a list of rules with the sets of codes they share. Everything a template
needs stands in the rule; nothing about a rule stands in code.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from analysis.settings import Settings

Template = Literal[
    "pair",  # b within a window of a, which contains it or answers the same question
    "frequency",  # more of an item than a limit in an hour, a day, some days or the stay
    "retest",  # the same test again sooner than an interval, over all stays of a patient
    "count",  # more different items of a set in a stay than a limit
    "attribute",  # used outside sex, age, setting, institution level or insurance
    "secondary_operation",  # a second operation of a group on a day charged in full
    "indication",  # used although none of the covered indications holds
    "course",  # longer than a course of days, or without the therapy that must come before
    "duplicate",  # the same line twice
    "stay_pattern",  # split or overlapping stays, days on which nothing was done
    "approval",  # used without a request approved in time
    "execution",  # charged without order and without trace of being done
    "uncoded",  # charged but not coded, or coded but not charged
    "list",  # an item of a negative list
]
Text = dict[Literal["zh", "en"], str]
#: ICD-10 codes by prefix, with or without point: `K80` is K80 and everything below it, `C` all of chapter C.
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z](?:[0-9](?:[0-9AB][0-9A-Zx.+*]*)?)?$")]
#: Procedures by prefix: `51.41` is 51.41 and everything below it.
ProcedurePrefix = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Za-z.]*$")]


class Bounds(Settings):
    """From `min` to `max`, both included where given; `below` and `above` exclude the bound itself."""

    min: float | None = None
    max: float | None = None
    below: float | None = None
    above: float | None = None


class Measured(Settings):
    """A measured value within bounds; `which` of several. Without any value the answer is unknown."""

    name: str
    within: Bounds
    which: Literal["first", "last", "any"] = "first"


class Condition(Settings):
    """What must hold of a stay, all of it together. An unknown attribute makes the answer unknown, not false.

    `diagnoses`: one of them in any position; `every_of`: of each list one, any position (hypertension and diabetes);
    `principal`: position 1; `items`: charged in the stay; `items_within`: only those charged within so many hours of
    the line judged; `procedures`: one of them coded in the stay, by prefix; `level`: the hospital's level; `planned`:
    the admission; `department`: of the stay.
    """

    age: Bounds | None = None
    age_days: Bounds | None = None
    sex: Literal["F", "M"] | None = None
    payer: list[str] = []
    setting: Literal["inpatient", "outpatient"] | None = None
    level: list[str] = []
    department: list[str] = []
    admission_type: list[str] = []
    drg: list[str] = []
    planned: bool | None = None
    diagnoses: list[Prefix] = []
    every_of: list[list[Prefix]] = []
    principal: list[Prefix] = []
    procedures: list[ProcedurePrefix] = []
    items: list[str] = []
    items_within: float | None = Field(None, gt=0)
    measured: Measured | None = None


class Rule(Settings):
    """One rule.

    items : what is judged (item codes, or names of sets as `@name`); for `pair` what is contained (b). Each is judged
        by itself, but of `count` and `secondary_operation`, which judge the set. Empty in `duplicate`, `execution`:
        every item; in `approval`: those that items.needs_approval names.
    others : for `pair` what contains it (a); `course` the therapy that must come before.
    procedures : of `uncoded`, what the items imply; where it is empty, what item_codes (system icd9cm3_cn) says.
    panels : pairs of a panel and each of its components come from the table item_components.
    national : True where the codes are national ones, met through the crosswalk item_codes at the service date.
    window : hour, six_hours (at most so far apart), day (calendar), visit (stay or visit), or so many days of 24 hours;
        of `pair` and `frequency` (any time that long); `duplicate` without a window: the same second.
    limit : allowed quantity; `count`: different items; `retest`: hours that must lie between; `course`: calendar days
        with the item in a stay; `secondary_operation`: share of the list price that is still no discount; `approval`:
        hours after an emergency's use in which it may still be granted; `split`: days between the stays; `empty_bed`:
        days on which nothing was done.
    pattern : of `stay_pattern` (split, overlapping, empty_bed) and `uncoded` (charged, coded).
    where, unless : alternatives, one of which must hold for the rule to apply, or takes the line out.
    indications : of `indication`, alternatives that cover the use; of `attribute`, what is allowed.
    evidence : measurements that must be known; a missing one makes `lacking_evidence`, never a hit.
    subsumes : rules whose findings on the same line this one replaces.
    said : the explanation, with {item}, {other}, {count}, {limit}, {value}, {day}, {amount} put in.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]*(\.[a-z0-9_]+)+$|^[a-z]+(\.[a-z0-9_]+)+$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+$")] = "1"
    title: Text
    template: Template
    items: list[str] = []
    others: list[str] = []
    procedures: list[ProcedurePrefix] = []
    panels: bool = False
    national: bool = False
    window: Literal["hour", "six_hours", "day", "visit"] | float | None = None
    limit: float | None = None
    pattern: Literal["split", "overlapping", "empty_bed", "charged", "coded"] | None = None
    where: list[Condition] = []
    unless: list[Condition] = []
    indications: list[Condition] = []
    evidence: list[str] = []
    result: Literal["violation", "suspicious"]
    nature: Literal["fraud", "not_compliant", "unreasonable"] | None = None
    stages: list[Literal["before", "during", "after"]] = ["after"]
    status: Literal["draft", "shadow", "active", "suspended"] = "active"
    effective_from: date
    effective_to: date | None = None
    region: str = ""
    basis: Text
    subsumes: list[str] = []
    target_precision: float | None = Field(None, gt=0, le=1)
    said: Text


class RuleFile(Settings):
    """parameters/rules/NAME.yaml: `sets` are named lists of item codes."""

    name: str
    source: str
    sets: dict[str, list[str]] = {}
    rules: list[Rule] = []
