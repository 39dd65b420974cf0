"""Who comes for the first time, and when: the usual year, its winter, an epidemic.

Everyone who would come in any of the worlds is drawn in all of them, with a number of their own; the shocks decide who
really comes. So whoever comes with and without a shock is the same person on the same day.
"""

from datetime import date
from statistics import NormalDist

import numpy as np
from scipy.stats import poisson

from analysis.demo.calendar import day_weights, draw_days, winter_wave
from analysis.demo.people import People, draw_people
from analysis.demo.world import World

GENERATIONS = 10
#: Stay numbers a person: the first `GENERATIONS` for admissions in their order, the rest for stays that stories add.
SLOTS = 16
_EPOCH = date(1970, 1, 1)


def first_share(world: World) -> np.ndarray:
    """First arrivals a year of each DRG for every stay asked for: what cycles and readmissions do not bring."""
    share = world.of_drgs("share") / world.of_drgs("share").sum()
    back = world.of_drgs("readmitted") * share
    to = np.array([world.drg_codes.index(d.readmitted_as) for d in world.drgs])
    cycles = np.array([d.cycles[0] for d in world.drgs])
    first = (share - np.bincount(to, weights=back, minlength=len(share))) / cycles
    return np.maximum(first, 0)


def first_arrivals(world: World) -> tuple[dict[str, np.ndarray], People]:
    """First admissions: person, drg, day, cycles left, whether planned, tail of the stay; and everyone there is."""
    calendar = world.parameters.settings.calendar
    rng = world.rng("arrivals")
    usual = day_weights(world, calendar.stays, calendar.admission_weekdays)
    day, drg, likely = [], [], []
    for k, (code, share) in enumerate(zip(world.drg_codes, first_share(world), strict=True)):
        waves = [(_season(world, code), "season"), (_wave(world, code), "epidemic")]
        most = usual * np.prod([np.maximum(1, wave) for wave, _ in waves], axis=0)
        days = draw_days(world, rng, most, share * world.stays_per_year / 365.25)
        happens = [(wave if name in world.stories else 1) / np.maximum(1, wave) for wave, name in waves]
        day.append(days)
        drg.append(np.full(len(days), k))
        likely.append(np.prod(happens, axis=0)[days - world.first_day])
    drg, day, likely = (np.concatenate(parts) for parts in (drg, day, likely))
    people = draw_people(world, drg, day)
    person = np.arange(len(drg))
    tail = _even_normal(rng, drg * 10_000 + day // 365)
    comes = (world.uniform("arrivals.comes", person) < likely) & ~_postponed(world, person, drg, day)
    cycles = np.array([d.cycles[0] for d in world.drgs])[drg]
    more = poisson.ppf(world.uniform("cycles", person), np.maximum(cycles - 1, 1e-9)).astype(np.int64)
    arrivals = {
        "person": person,
        "drg": drg,
        "day": day,
        "left": np.where(cycles > 1, np.minimum(more, GENERATIONS - 2), 0),
        "planned": np.ones(len(drg), bool),
        "tail": tail,
    }
    return {name: values[comes] for name, values in arrivals.items()}, people


def _season(world: World, code: str) -> np.ndarray:
    """Arrivals of a group on each simulated day against its usual ones: the winter."""
    return winter_wave(world, world.parameters.stories.shocks.season.drgs.get(code, 0.0))


def _wave(world: World, code: str) -> np.ndarray:
    """The same: the waves of an epidemic, up to the peak and down again."""
    found = np.ones(len(world.day_month))
    days = world.first_day + np.arange(len(found))
    for wave in world.parameters.stories.shocks.epidemic.waves:
        first, peak, last = (_number(day) for day in (wave.first, wave.peak, wave.last))
        height = np.minimum((days - first + 1) / (peak - first + 1), (last - days + 1) / (last - peak + 1))
        found += wave.drgs.get(code, 0.0) * np.clip(height, 0, 1)
    return found


def _postponed(world: World, person: np.ndarray, drg: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Who had planned to come and stays away."""
    epidemic = world.parameters.stories.shocks.epidemic
    found = np.zeros(len(person), bool)
    if "epidemic" not in world.stories:
        return found
    spared = np.isin(np.array(world.drg_codes)[drg], epidemic.spared)
    elective = world.uniform("admission.emergency", person * SLOTS) >= world.of_drgs("emergency")[drg]
    u = world.uniform("arrivals.postponed", person)
    for window in epidemic.postponed:
        found |= (day >= _number(window.first)) & (day <= _number(window.last)) & (u < window.share)
    return found & elective & ~spared


def _number(day: date) -> int:
    return (day - _EPOCH).days


def _even_normal(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    """Standard normal numbers that cover the distribution evenly within each group, in random order.

    A group's yearly mean then hardly depends on the seed, though its cases and months vary as they should.
    """
    order = np.lexsort((rng.random(len(group)), group))
    _, size = np.unique(group, return_counts=True)
    nth = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    grid = np.array([NormalDist().inv_cdf((k + 0.5) / 2000) for k in range(2000)])
    u = np.empty(len(group))
    u[order] = (nth + rng.random(len(group))) / np.repeat(size, size)
    return grid[(u * 2000).astype(np.int64)]
