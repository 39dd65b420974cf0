"""Days that stays waited for what began in a period, by reason."""

from collections.abc import Collection

import pandas as pd

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.hospital import Hospital
from analysis.periods import Period

_SQL = "analysis.rootcause"
_EARLIER = """select min(admitted_at) from stays
    where admitted_at < $start_at and (discharged_at is null or discharged_at >= $start_at)"""


def make_waits(
    engine: Engine, hospital: Hospital, period: Period, reasons: Collection[str], least_hours: float
) -> None:
    """Make `stay_waits`; events are read back to the first admission of who was in house when the period began.

    Earlier waits are needed because a wait that ends in this period may overlap one that an earlier period counted.

    Parameters
    ----------
    reasons : resources (else activities) that count as waiting; none named = all.
    least_hours : shorter waits are none.
    """
    first = engine.value(_EARLIER, start_at=period.start)
    start = min(first or period.start, period.start)
    months = [Period(file.stem) for file in hospital.files("events")]
    table = contract_tables()["events"]
    engine.attach(table, hospital.files("events", [m for m in months if m.start < period.end and m.end > start]))
    engine.put("wait_reasons", pd.DataFrame({"reason": sorted(reasons)}, dtype="str"))
    values = {"start_at": period.start, "end_at": period.end, "least_hours": least_hours, "any_reason": not reasons}
    for name in ("waits", "stay_waits"):
        engine.make(_SQL, name, **values)
    engine.attach(table, hospital.files("events", [period]))
