"""What a study may adjust for, what it may ask about, and what it may not adjust for because treatment changes it."""

from functools import cache
from importlib.resources import files
from typing import Literal

from analysis.settings import Settings, safe_yaml
from analysis.vocabulary import Named

#: A measurement by its name in the hospital: first value before treatment.
MEASURED = "measured:"
Kind = Literal["number", "flag", "category", "money"]


class Variable(Named):
    """A column of a cohort. `better`: which way an outcome is good; `unit`: of an outcome that is a number."""

    kind: Kind
    unit: Literal["", "days", "points"] = ""
    better: Literal["", "lower", "higher"] = ""


class Variables(Settings):
    """variables.yaml. `after_treatment`: columns never adjusted for, and why; `severities`: those among them that a
    study may adjust for under `despite`."""

    confounders: dict[str, Variable]
    outcomes: dict[str, Variable]
    after_treatment: dict[str, Named]
    severities: dict[str, Variable]


@cache
def variables() -> Variables:
    text = files("analysis.evaluation").joinpath("variables.yaml").read_text("utf8")
    return Variables.model_validate(safe_yaml(text))


def variable(name: str) -> Variable:
    """A confounder, a measurement or an outcome by its name; KeyError where it is none."""
    if name.startswith(MEASURED):
        measured = name.removeprefix(MEASURED)
        return Variable(kind="number", zh=f"入院首次 {measured}", en=f"First {measured} on admission")
    known = variables()
    if name in known.severities:
        return known.severities[name]
    return known.confounders[name] if name in known.confounders else known.outcomes[name]
