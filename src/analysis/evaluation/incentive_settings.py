"""parameters/incentives/NAME.yaml: rules that pay departments, floors and caps, and how behaviour could answer."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.settings import Settings
from analysis.vocabulary import Named

Share = Annotated[float, Field(ge=0, le=1)]
#: What a rule looks at: income of the standard less charges (the insurer's surplus), or income less full cost.
Margin = Literal["payment_margin", "cost_margin"]
#: Outcomes of the composite score: each counts who had it.
Harm = Literal["complication", "readmission", "unrecovered"]
#: What a department could do to be paid more without any patient being the better for it.
Conduct = Literal["early_discharge", "upcoding", "mild_cases", "split_stays", "shift_to_patient", "postpone_cost"]


class Rule(Named):
    """One rule. Fields that its kind does not use stay at nought.

    margin : of `basis`, by `per`: `returned` of a surplus is paid where it is at least `least` of the income, and
        `deducted` of a deficit taken.
    denial : where denied / claimed of the period is above `limit`, `of_bonus` of the period's bonus is taken.
    composite : (score - 50) / 50 x `of_bonus` of the bonus.
    technique : `returned` of what a technique saves, by a study of it; paid by gain_sharing, not from the books.

    `lead`: part of what the department gets that goes to the lead of the team. `floor`, `cap`: of a year's bonus;
    empty = those of the file.
    """

    kind: Literal["margin", "denial", "composite", "technique"]
    basis: Margin = "cost_margin"
    per: Literal["month", "year"] = "year"
    least: Share = 0
    returned: Share = 0
    deducted: Share = 0
    limit: Share = 0
    of_bonus: Share = 0
    lead: Share = 0
    floor: Annotated[float, Field(ge=-1, le=0)] | None = None
    cap: Annotated[float, Field(ge=0)] | None = None
    source: str
    assumption: str = ""


class Composite(Settings):
    """Score of 100 points: `quality` of them for outcomes, the rest for cost.

    An outcome gets its full points at the first value of `outcome_band` (observed / expected), none at the second, and
    in a straight line between them; cost the same at `cost_band` (full cost / income). `prior`: expected events added
    to observed and expected alike, so that a handful of cases does not decide.
    """

    quality: Share = 0.6
    weights: dict[Harm, Share]
    outcome_band: tuple[float, float] = (0.5, 1.5)
    cost_band: tuple[float, float] = (0.85, 1.15)
    prior: float = Field(5, ge=0)

    @model_validator(mode="after")
    def adds_up(self) -> "Composite":
        if abs(sum(self.weights.values()) - 1) > 1e-9:
            raise ValueError("the weights of the outcomes must add up to 1")
        if self.outcome_band[0] >= self.outcome_band[1] or self.cost_band[0] >= self.cost_band[1]:
            raise ValueError("a band runs from the better value to the worse")
        return self


class Behaviour(Named):
    """How far a behaviour goes: `share` of the cases (of cost, where it is postponed) and how each changes."""

    conduct: Conduct
    share: Share
    harm: Named
    days: float = Field(0, ge=0)
    day_cost: Share = 0
    readmissions: Share = 0
    income: float = Field(0, ge=0)
    cost: float = Field(0, ge=0)
    source: str = ""


class Incentives(Settings):
    """The whole file. `floor`, `cap`: of a year's bonus, where a rule names none."""

    floor: Annotated[float, Field(ge=-1, le=0)] = -0.2
    cap: Annotated[float, Field(ge=0)] = 0.2
    provisional_most: Share = 0.01
    composite: Composite
    rules: dict[str, Rule]
    behaviours: dict[str, Behaviour] = {}
