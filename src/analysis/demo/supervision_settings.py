"""What the insurer looks for, and what fund supervision is about, in the YAML files of parameters/demo."""

from analysis.settings import Settings


class UsualDenial(Settings):
    """Share of the stays that could be denied, and mean amount."""

    rate: float
    mean: float


class Denials(Settings):
    """Denials that follow no story, by reason: of stays with tests repeated, with wrong coding, of all."""

    sigma: float
    usual: dict[str, UsualDenial]


class Denied(Settings):
    """What the insurer denies of a story: share `rate` of its stays, share `part` of the lines' money."""

    reason: str
    rate: float
    part: float = 1


class Approvals(Settings):
    """Requests that lack, were refused, or came after the use, as shares of what a story leaves without approval."""

    missing: float
    refused: float
    late: float


class FundGrowth(Settings):
    """Growth of the regional fund's spending; left out, it grows as its income does."""

    title: str
    title_en: str
    scenarios: list[str]
    expenditure: float
