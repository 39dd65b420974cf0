"""Payment of one period under its rate pack.

Reads `case_base` (discharged stays with charges and, for peer means, cost) and leaves `standards` and
`case_payments` in the engine.
"""

from analysis.engine import Engine
from analysis.payment.packs import Outliers, RatePack
from analysis.periods import Period

_SQL = "analysis.payment"


def price_period(engine: Engine, period: Period, pack: RatePack) -> None:
    """Make `standards` and `case_payments`; a rule the pack leaves out never applies."""
    if pack.basis == "peer_mean":
        engine.make(_SQL, "standards_peer_mean", **pack.peer.model_dump())
        engine.create("standards", "select * from standards_peer_mean")
    else:
        engine.make(_SQL, "standards_published", basis=pack.basis, rate=pack.rate or 0.0, year=period.year)
        engine.create("standards", "select * from standards_published")
    engine.make(_SQL, "case_payments", charges_comparable=pack.charges_comparable, **_limits(pack.outliers))


def _limits(outliers: Outliers) -> dict[str, float | None]:
    levels = {level: outliers.high_by_level.get(level, outliers.high) for level in ("tertiary", "secondary", "primary")}
    return {f"high_{level}": high for level, high in levels.items()} | {
        "high_other": outliers.high,
        "low": outliers.low,
    }
