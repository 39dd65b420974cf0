"""What happens to the hospital from outside (stories/shocks.yaml), and how its physicians differ: typed."""

from datetime import date

from analysis.settings import Settings


class Season(Settings):
    """Arrivals above (winter) and below (summer) the yearly mean, as a share of it at the peak in mid-January."""

    title: str
    title_en: str
    scenarios: list[str] = []
    drgs: dict[str, float]


class Window(Settings):
    """From the first to the last day, both counted."""

    first: date
    last: date


class Postponed(Window):
    """Planned admissions that stay away: their share."""

    share: float


class Wave(Window):
    """Admissions above those of a usual day, as a multiple of them on the peak's day, per group."""

    peak: date
    drgs: dict[str, float]


class Epidemic(Settings):
    """A lockdown and a wave; `spared`: groups whose planned admissions go on."""

    title: str
    title_en: str
    scenarios: list[str] = []
    spared: list[str]
    postponed: list[Postponed]
    waves: list[Wave]


class PriceChange(Settings):
    """Prices change for everyone on the first of a month; `factors`: kind, substitution group or code of items."""

    title: str
    title_en: str
    scenarios: list[str] = []
    from_month: str
    factors: dict[str, float]

    def factor(self, *names: str) -> float:
        """Of an item with these names: the first that is listed counts."""
        return next((self.factors[name] for name in names if name in self.factors), 1.0)


class PhysicianPractice(Settings):
    """How far physicians differ: standard deviations of logarithms, of stay, use and complications.

    `referral`: how far the severe cases lean towards senior physicians; so they do, whether the story is told or not.
    """

    title: str
    title_en: str
    scenarios: list[str] = []
    stay: float
    use: float
    quality: float
    referral: float


class Shocks(Settings):
    season: Season
    epidemic: Epidemic
    implant_procurement: PriceChange
    service_price_reform: PriceChange
    physician_practice: PhysicianPractice
