"""What plans change, in words: addresses told apart, whole distributions without brackets."""

from pathlib import Path

import pytest

from analysis.pathways.library import read_pathway
from analysis.studies.pathway_redesign_words import address_words, edit_words

PATHWAY = read_pathway(Path(__file__).parents[1] / "pathways" / "haemorrhage.yaml")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_known_of_arrivals_is_told_apart(language):
    told = {address_words(PATHWAY, f"arrivals.{part}", language) for part in ("a_day", "by_weekday", "by_hour")}
    assert len(told) == 3


@pytest.mark.parametrize(("value", "zh", "en"), [
    ("x 0.7", "× 0.7", "× 0.7"), (0.08, "0.08", "0.08"), (True, "是", "yes"), (False, "否", "no"),
    ({"gamma": {"mean": 3.5, "sd": 2}}, "gamma mean 3.5、sd 2", "gamma mean 3.5, sd 2"),
    ({"by_mrcp": 0.5, "without": 0.5}, "by mrcp 0.5、without 0.5", "by mrcp 0.5, without 0.5"),
])  # fmt: skip
def test_an_edit_in_words(value, zh, en):
    assert edit_words(value, "zh") == zh and edit_words(value, "en") == en
