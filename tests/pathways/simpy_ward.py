"""The ward of `test_same_as_simpy` once more, as SimPy processes, with the kernel's own random numbers."""

from collections.abc import Sequence

import numpy as np
import simpy

from analysis.pathways import draws

_NO_TABLE = np.zeros((1, draws.POINTS))


class Ward:
    """Patients of a cohort: bed, theatre, intensive care or not, complication, bed given back; urgent ones first."""

    def __init__(
        self, units: dict[str, int], distributions: Sequence[Sequence[float]], words: tuple[int, ...], rate: float
    ) -> None:
        self.env = simpy.Environment()
        self.of = {name: simpy.PriorityResource(self.env, n) for name, n in units.items()}
        self.distributions, self.words, self.rate = distributions, words, rate
        self.left: dict[int, tuple[float, float, float]] = {}

    def key(self, number):
        return draws.key_of(*self.words, 1, number + 1)

    def chance(self, key, step):
        return draws.uniform(key, step, 0)

    def draw(self, key, step, distribution):
        kind, p, q, r = (*self.distributions[distribution], 0.0, 0.0, 0.0)[:4]
        return draws.quantile(kind, p, q, r, _NO_TABLE, draws.uniform(key, step, 0))

    def patient(self, number: int, at: float, steps: dict[str, int]):
        yield self.env.timeout(at - self.env.now)
        key = self.key(number)
        waited, cost = 0.0, 0.0
        bed, asked = self.of["bed"].request(priority=1), self.env.now
        yield bed
        waited += self.env.now - asked
        in_bed = self.env.now
        yield self.env.timeout(self.draw(key, steps["prepare"], 0))
        theatre, asked = self.of["theatre"].request(priority=0), self.env.now
        yield theatre
        waited += self.env.now - asked
        in_theatre = self.env.now
        yield self.env.timeout(self.draw(key, steps["operate"], 1))
        if self.chance(key, steps["branch"]) < 0.3:
            care, asked = self.of["intensive"].request(priority=0), self.env.now
            yield care
            waited += self.env.now - asked
            in_care = self.env.now
            self.of["theatre"].release(theatre)
            cost += (self.env.now - in_theatre) * self.rate
            yield self.env.timeout(self.draw(key, steps["care"], 2))
            self.of["intensive"].release(care)
            cost += (self.env.now - in_care) * self.rate
        else:
            self.of["theatre"].release(theatre)
            cost += (self.env.now - in_theatre) * self.rate
        yield self.env.timeout(self.draw(key, steps["recover"], 3))
        self.of["bed"].release(bed)
        cost += (self.env.now - in_bed) * self.rate
        self.left[number] = (self.env.now, waited, cost + 5.0)

    def run(self, arrivals: Sequence[float], steps: dict[str, int]) -> dict[int, tuple[float, float, float]]:
        """When each patient left, what they waited, what they cost."""
        for number, at in enumerate(arrivals):
            self.env.process(self.patient(number, at, steps))
        self.env.run()
        return self.left
