"""The people who are admitted: born when, of which sex, insured how."""

from dataclasses import dataclass

import numpy as np

from analysis.demo.world import World


@dataclass(frozen=True)
class People:
    """One entry a person: day of birth, sex, payer (position in settings.payers)."""

    born: np.ndarray
    male: np.ndarray
    payer: np.ndarray


def draw_people(world: World, drg: np.ndarray, day: np.ndarray) -> People:
    """People first admitted on these days in these groups: ages and sexes as the groups have them."""
    rng = world.rng("people")
    mean, sd, low, high = np.array([d.age for d in world.drgs], float)[drg].T
    age = np.clip(rng.normal(mean, sd), low, high + 0.99)
    payers = np.array([share for share, _, _ in world.parameters.settings.payers.values()])
    return People(
        (day - age * 365.25).astype(np.int64),
        rng.random(len(drg)) < world.of_drgs("male")[drg],
        rng.choice(len(payers), len(drg), p=payers / payers.sum()),
    )
