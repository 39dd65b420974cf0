"""A source without prices: its lines have quantities and no amounts. Their money is unknown, never zero."""

from pathlib import Path

import pandas as pd
from hand_hospital import hand_hospital, write_hospital

from analysis.closed_period import open_periods
from analysis.closing import close


def test_months_close_and_no_charge_is_invented(project: Path):
    rows = hand_hospital()
    totals = {row["stay_id"]: row["charge_total"] for row in rows["stays"]}
    for line in rows["charges"]:
        line |= {"amount": None, "unit_price": None}
    write_hospital(Path("data/hand"), rows)
    close(Path("data/hand"), [], Path("outputs"))
    cases = open_periods(Path("outputs/hand"), "2023-05", "2023-06").frame("cases").set_index("stay_id")
    assert cases["charge_drug"].isna().all() and cases["charge_service"].isna().all()
    for stay, total in cases["charge_total"].items():
        assert total == totals[stay] if totals[stay] is not None else pd.isna(total)
