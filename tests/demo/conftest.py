"""A small hospital (half a year around the start of the pilots), with and without stories, made once a session."""

from collections.abc import Iterator

import pytest

from analysis.demo.generator import DemoHospital, generate
from analysis.demo.parameters import demo_parameters
from analysis.engine import Engine

STORIES = demo_parameters().stories.names
SIZE = {"stays_per_year": 300, "first": "2022-10", "last": "2023-03"}


@pytest.fixture(scope="session")
def small() -> DemoHospital:
    return generate(11, **SIZE)


@pytest.fixture(scope="session")
def small_without() -> DemoHospital:
    """The same hospital without any story."""
    return generate(11, STORIES, **SIZE)


@pytest.fixture(scope="session")
def db(small: DemoHospital) -> Iterator[Engine]:
    """The small hospital's tables by name."""
    with Engine() as engine:
        for name, rows in small.tables.items():
            engine.put(name, rows)
        yield engine


@pytest.fixture(scope="session")
def both(small_without: DemoHospital) -> Iterator[Engine]:
    """The hospital with the roll-out alone and without any story: tables NAME and NAME_without."""
    with Engine() as engine:
        for name, rows in generate(11, set(STORIES) - {"roll_out"}, **SIZE).tables.items():
            engine.put(name, rows)
            engine.put(f"{name}_without", small_without.tables[name])
        yield engine
