"""parameters/rootcause/NAME.yaml: standards of items, what belongs together, who can change what, what is avoidable."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.settings import Settings
from analysis.vocabulary import Named

Category = Literal["drug", "consumable", "exam", "service", "stay", "rest"]
Effect = Literal[
    "payment", "mix", "use_rate", "quantity", "price", "substitution",
    "complication", "stay", "physician", "coding", "rest",
]  # fmt: skip
#: How much of a cause's money can be avoided (preventable.py).
Avoidable = Literal["none", "whole", "excess", "without_indication"]
Share = Annotated[float, Field(ge=0, le=1)]


class Window(Settings):
    """Cases of the month where it has `least_cases` with complete cost, else of the last `months`."""

    least_cases: int = Field(30, ge=1)
    months: int = Field(12, ge=1)


class Waiting(Settings):
    """What counts as waiting: from `least_hours` on; `reasons`: resource (else activity) -> owner; none = any."""

    least_hours: float = Field(6, gt=0)
    reasons: dict[str, str] = {}


class ItemStandard(Settings):
    """What a DRG should take of a group: share of cases that use it, quantity a user (base units), price of a unit."""

    drg: str
    group: str
    use_rate: Share | None = None
    quantity: float | None = Field(None, ge=0)
    price: float | None = Field(None, ge=0)
    source: str = ""

    @model_validator(mode="after")
    def says_something(self) -> "ItemStandard":
        if self.use_rate is None and self.quantity is None and self.price is None:
            raise ValueError(f"{self.drg} {self.group}: name a use_rate, a quantity or a price")
        return self


class Bundle(Named):
    """Groups that are read together; `drgs` empty = all."""

    drgs: list[str] = []
    groups: list[str]


class Indication(Settings):
    """Cases of `drgs` in which an imported member of `group` is accepted: from an age on, or by severity."""

    drgs: list[str]
    group: str
    age_from: float | None = None
    severities: list[str] = []


class Owner(Settings):
    """Who can change a cause. What is left empty fits anything; the first row that fits stands."""

    effect: Effect | None = None
    category: Category | None = None
    cause: str = ""
    owner: str


class Rule(Settings):
    """How much of a cause can be avoided. What is left empty fits anything; the first row that fits stands."""

    effect: Effect | None = None
    category: Category | None = None
    cause: str = ""
    avoidable: Avoidable
    share: Share = 1.0


class RootCause(Settings):
    """All that explaining a DRG takes beside the closed months. Money in currency, of the whole window."""

    name: str = ""
    source: str = ""
    note: str = ""
    window: Window = Window()
    floor: float = Field(10_000, ge=0)
    closing_drgs: int = Field(5, ge=0)
    draws: int = Field(2000, ge=100)
    seed: int = 20230601
    least_clusters: int = Field(10, ge=2)
    least_stratum: int = Field(5, ge=1)
    least_peer_cases: int = Field(30, ge=1)
    pooled_share: Share = 0.002
    waiting: Waiting = Waiting()
    coding_rules: list[str] = ["D"]
    standards: list[ItemStandard] = []
    bundles: dict[str, Bundle] = {}
    indications: list[Indication] = []
    owners: dict[str, Named] = {}
    owned: list[Owner] = []
    avoidable: list[Rule] = []

    @model_validator(mode="after")
    def owners_are_known(self) -> "RootCause":
        named = {row.owner for row in self.owned} | {owner for owner in self.waiting.reasons.values() if owner}
        unknown = sorted(named - set(self.owners))
        if unknown:
            raise ValueError(f"owners without a name: {', '.join(unknown)}; name them under `owners`")
        return self

    @model_validator(mode="after")
    def one_standard_a_group(self) -> "RootCause":
        keys = [(row.drg, row.group) for row in self.standards]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"standard given twice: {twice[0][0]} {twice[0][1]}")
        return self

    def bundles_of(self, drg: str) -> dict[str, list[str]]:
        """Groups of each bundle that holds for a DRG."""
        return {code: row.groups for code, row in self.bundles.items() if not row.drgs or drg in row.drgs}
