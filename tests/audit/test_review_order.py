"""The order of review: the strange stay first, the same order every time, and nothing said about fault."""

import numpy as np
import pandas as pd

from analysis.audit.review_order import review_list
from analysis.engine import Engine


def _engine() -> Engine:
    random = np.random.default_rng(1)
    charge = 10000 * random.lognormal(0, 0.1, 60)
    cases = pd.DataFrame({
        "stay_id": [f"s{i:02d}" for i in range(60)], "hospital_id": "H1", "period": "2023-06", "department": "D1",
        "drg_code": ["AA11"] * 55 + ["RARE"] * 5, "charge_total": charge, "length_of_stay": random.integers(5, 8, 60),
        **{f"charge_{name}": charge * 0.25 for name in ("drug", "consumable", "exam", "service")},
    })  # fmt: skip
    cases.loc[7, ["charge_total", "charge_drug"]] = [60000, 50000]
    engine = Engine()
    engine.put("cases", cases)
    hit = {"stay_id": "s09", "hospital_id": "H1", "period": "2023-06", "outcome": "hit", "amount_at_risk": 12.5}
    engine.put("findings", pd.DataFrame([hit, hit | {"outcome": "lacking_evidence", "amount_at_risk": None}]))
    return engine


def test_the_strange_stay_comes_first_with_what_is_strange_about_it():
    rows = review_list(_engine(), "H1", "2023-06")
    assert rows["stay_id"].iloc[0] == "s07" and rows["mostly"].iloc[0] == "drug"
    assert rows["unlike"].is_monotonic_decreasing
    assert len(rows) == 55, "a group of five is like nothing and unlike nothing"
    found = rows.set_index("stay_id").loc["s09"]
    assert (found["findings"], found["at_risk"]) == (1, 12.5)


def test_the_order_is_the_same_every_time_and_empty_where_nothing_is():
    pd.testing.assert_frame_equal(review_list(_engine(), "H1", "2023-06"), review_list(_engine(), "H1", "2023-06"))
    assert review_list(_engine(), "H2", "2023-06").empty
