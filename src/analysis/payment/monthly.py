"""Payment of one period under its rate pack.

Reads `case_base` (discharged stays with charges and, for peer means, cost) and leaves `standards` and
`case_payments` in the engine.
"""

import pyarrow as pa

from analysis.engine import Engine, sql_text
from analysis.errors import InputError
from analysis.payment.packs import Outliers, RatePack
from analysis.periods import Period

_SQL = "analysis.payment"


def price_period(engine: Engine, period: Period, pack: RatePack) -> None:
    """Make `standards` and `case_payments`; a rule the pack leaves out never applies.

    Raises
    ------
    InputError
        There are payment standards, but none of the period's year.
    """
    engine.make(_SQL, "members")
    engine.put("outside_drg", pa.table({"payer": pa.array(pack.outside_drg, pa.string())}))
    if pack.basis == "peer_mean":
        engine.create("standards", sql_text(_SQL, "standards_peer_mean"), **pack.peer.model_dump())
    else:
        _check_year(engine, period, pack)
        published = {"basis": pack.basis, "rate": pack.rate or 0.0, "year": period.year}
        engine.create("standards", sql_text(_SQL, "standards_published"), **published)
    engine.make(_SQL, "case_payments", charges_comparable=pack.charges_comparable, **_limits(pack.outliers))


def _check_year(engine: Engine, period: Period, pack: RatePack) -> None:
    """Standards of other years are no standards of this one."""
    years = engine.frame("select distinct year from payment_standards order by year")["year"].tolist()
    if years and period.year not in years:
        raise InputError(
            f"payment_standards has no row of {period.year}, which pack {pack.name} needs",
            where="table payment_standards, column year",
            rows=[f"years there: {', '.join(map(str, years))}"],
            mend=f"bring the weights of {period.year} and import again",
        )


def _limits(outliers: Outliers) -> dict[str, float | None]:
    levels = {level: outliers.high_by_level.get(level, outliers.high) for level in ("tertiary", "secondary", "primary")}
    return {f"high_{level}": high for level, high in levels.items()} | {
        "high_other": outliers.high,
        "low": outliers.low,
    }
