"""The picture of a pathway: every step on its days, every branch with its chance, in both languages."""

import html
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.pathways.draws import quantile
from analysis.pathways.library import read_library
from analysis.pathways.model import Step
from analysis.pathways.times import Time, encoded, mean_of
from analysis.presentation.pathway_course import course_lines, mean_days
from analysis.presentation.pathway_drawing import pathway_drawing, pathway_figure, step_days
from analysis.presentation.svg import WIDTH, chart_style

LIBRARY = read_library(Path(__file__).parents[2] / "parameters" / "pathways")


def _figure(name: str, language: str) -> Figure:
    with mpl.rc_context(chart_style()):
        return pathway_figure(LIBRARY[name], language)


def _written(svg: str) -> list[str]:
    return [
        html.unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in re.findall(r"<text.*?</text>", svg, re.DOTALL)
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", LIBRARY)
def test_every_step_and_branch_is_there(name: str, language: str):
    pathway = LIBRARY[name]
    texts = [text.get_text() for axes in _figure(name, language).axes for text in axes.texts]
    whole = " ".join(texts)
    signs = {"required": "●", "optional": "○", "forbidden": "×"}
    for step in pathway.steps.values():
        rows = [text for text in texts if text.startswith(getattr(step, language)[:20])]
        assert any(text.endswith(signs[step.need]) for text in rows), getattr(step, language)
    assert "_" not in whole, "a code instead of a name"
    for act in pathway.course:
        for way in getattr(act, "of", ()):
            assert f"{way.chance:.0%}" in whole
    if pathway.course:
        assert pathway.name("home", language) in texts and pathway.name("readmission", language) in whole
    if language == "zh":
        assert not re.search(r"[A-Za-z]{6,}", whole)


@pytest.mark.parametrize("name", ["aortic_dissection", "cerebral_haemorrhage", "lumbar_disc"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_leaves_the_page(name: str, language: str):
    with mpl.rc_context(chart_style()):
        figure = _figure(name, language)
        figure.canvas.draw()
        wide, high = figure.canvas.get_width_height()
        for text in (text for axes in figure.axes for text in axes.texts):
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= wide + 1 and box.y1 <= high + 1, text.get_text()


def test_letters_stay_text():
    texts = _written(pathway_drawing(LIBRARY["cerebral_haemorrhage"], "zh"))
    assert "血常规与凝血  ●" in texts and any("再入院 6%" in text for text in texts)


def test_days_of_steps():
    def step(**said):
        return Step(zh="一", en="one", **said)

    steps = {
        "a": step(day=(1, 2)),
        "b": step(after="a", within_hours=36),
        "c": step(after="admission", within_hours=24),
        "d": step(day=(-2, -1)),
        "e": step(need="forbidden"),
    }
    assert step_days(steps, 10) == {"a": (1, 2), "b": (1, 3), "c": (1, 2), "d": (9, 10), "e": (1, 10)}


def test_many_stations_stand_in_several_lines():
    pathway = LIBRARY["aortic_dissection"]
    assert [len(line.stations) for line in course_lines(pathway, WIDTH)] == [7]
    assert [len(line.stations) for line in course_lines(pathway, 5.0)] == [4, 3]


@pytest.mark.parametrize(
    "said",
    [
        {"constant": 2},
        {"exponential": {"mean": 3}},
        {"lognormal": {"mean": 2, "sd": 1.5}},
        {"gamma": {"mean": 4, "sd": 2}},
        {"weibull": {"shape": 1.4, "mean": 5}},
        {"uniform": {"least": 1, "most": 4}},
        {"triangular": {"least": 1, "mode": 2, "most": 6}},
        {"empirical": [1, 2, 3, 10]},
    ],
    ids=lambda said: next(iter(said)),
)
def test_mean_is_that_of_the_draws(said):
    time, tables = Time.model_validate(said), []
    kind, p, q, r = encoded(time, tables)
    table = np.array(tables) if tables else np.zeros((1, 2))
    middles = (np.arange(20_000) + 0.5) / 20_000
    drawn = np.mean([quantile(kind, p, q, r, table, u) for u in middles])
    expected = np.mean(np.quantile([1, 2, 3, 10], middles)) if "empirical" in said else mean_of(time)
    assert drawn == pytest.approx(expected, rel=0.01)


def test_days_of_a_branch():
    monitoring, infection = LIBRARY["cerebral_haemorrhage"].course[4], LIBRARY["cerebral_haemorrhage"].course[8]
    assert mean_days(monitoring.of[0].course) == pytest.approx(3.3)
    assert mean_days([monitoring, infection]) == pytest.approx(0.3 * 3.3 + 0.17 * 5.5)
