"""Unit costs of services: textbook answers to the last digit, and small centres worked by hand."""

import numpy as np
import pytest

from analysis.costing.unit_costs import activity_unit_cost, capacity, cost_to_charge, shared_unit_cost


def test_time_driven_customer_service():
    """560,000 for 700,000 minutes: 0.80 a minute. 9,800 orders of 40, 280 enquiries of 220 and 500 checks of 250
    minutes use 578,600 minutes, 462,880; 121,400 minutes, 97,120, stand idle (known answer 6)."""
    minutes, volume = np.array([40, 220, 250]), np.array([9_800, 280, 500])
    used = minutes @ volume
    found = capacity([560_000], [700_000], [used])
    assert used == 578_600 and found.rate[0] == pytest.approx(0.80, abs=1e-12)
    assert found.used_cost[0] == pytest.approx(462_880, abs=1e-6)
    assert found.unused_minutes[0] == 121_400 and found.unused_cost[0] == pytest.approx(97_120, abs=1e-6)
    units = activity_unit_cost(minutes, found.rate[0], [0, 0, 0])
    assert units.tolist() == pytest.approx([32, 176, 200])
    assert units @ volume + found.unused_cost[0] == pytest.approx(560_000)


def test_cost_to_charge_ratio():
    """6,180,220 / 13,046,536 = 0.473706 (known answer 7)."""
    assert round(float(cost_to_charge(6_180_220, 13_046_536)), 6) == 0.473706


def test_material_is_added_to_the_minutes():
    """12 minutes at 1.50 and 3.00 of film: 21.00; a service without minutes has no unit cost."""
    assert activity_unit_cost([12, np.nan], 1.5, [3, 3]).tolist() == pytest.approx([21, np.nan], nan_ok=True)
    assert activity_unit_cost(12, 1.5, np.nan) == 18


def test_equivalence_shares_out_the_whole_pool():
    """900.00 over 10 films of coefficient 1 and 5 scans of 4 (30 in all): 30.00 a film, 120.00 a scan."""
    units = shared_unit_cost(900, [1, 4], 10 * 1 + 5 * 4)
    assert units.tolist() == [30, 120] and units @ [10, 5] == 900


def test_ratio_shares_out_the_whole_pool():
    """900.00 over revenue of 10 x 20.00 and 5 x 200.00 (1,200.00): 0.75 a yuan, so 15.00 and 150.00."""
    units = shared_unit_cost(900, [20, 200], 1_200)
    assert units.tolist() == [15, 150] and units @ [10, 5] == 900


def test_what_cannot_be_known_is_empty():
    assert np.isnan(capacity([100], [0], [5]).rate).all()
    assert np.isnan(shared_unit_cost(100, 1, 0)) and np.isnan(cost_to_charge(100, 0))


def test_more_work_than_capacity_shows_as_negative_idle_time():
    """100.00 for 50 minutes; 60 were worked: -10 minutes, -20.00."""
    found = capacity([100], [50], [60])
    assert found.unused_minutes[0] == -10 and found.unused_cost[0] == -20
