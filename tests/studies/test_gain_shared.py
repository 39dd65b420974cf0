"""A technique's gain shared by the hospital's rule: the parts add up and come from the study's own draws."""

import pytest
from closed_factory import Small
from eras_hospital import study_of
from report_fixtures import opened

from analysis.studies.case_study_sharing import sharing, technique_rule


@pytest.mark.parametrize("language", ["zh", "en"])
def test_parts_of_the_gain(eras: Small, language: str):
    """Cost a case times cases a year; a fifth of a saving is shared, half of that to the lead, nothing of a loss."""
    case = study_of(eras, language)
    rows = sharing(case).table.rows
    gain, shared, lead, left = rows["estimate"].astype(float)
    cases = case.counts[0] * 12 / len(case.months)
    assert gain == pytest.approx(-case.pairs["cost"].mean() * cases)
    assert shared == pytest.approx(0.2 * max(gain, 0)) and lead == pytest.approx(shared / 2)
    assert left == pytest.approx(gain - shared)
    assert (rows["beyond_doubt"].astype(float) <= rows["estimate"].astype(float).clip(lower=0) + 1e-9).all()


def test_a_hospital_without_a_rule_shares_nothing(small: Small):
    assert technique_rule(opened(small)) is None
