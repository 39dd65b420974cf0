"""Speed of the pathway kernel beside SimPy, in one run: `python -m benchmarks.pathways`.

The pathway: a ward's bed held throughout, an operation, intensive care for a third, recovery (the ward of
tests/pathways, where kernel and SimPy are shown equal patient by patient; here SimPy draws with `random`, as its users
do). Also what a sensitivity analysis takes, 1,000 draws x 30 replications x 2,000 patients: of the ward's numbers, and
of a shipped pathway against its plan, two programs a draw, each edited, checked and assembled. The ratio is the
median of five.
"""

import argparse
import os
import random
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

from analysis.pathways import draws
from analysis.pathways.draws import key_of
from analysis.pathways.kernel import run
from analysis.pathways.layers import layered
from analysis.pathways.replications import replicate
from analysis.pathways.sensitivity import probabilistic
from analysis.pathways.state import make_state
from analysis.settings import parameters_folder

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "pathways"))

from programs import program
from simpy_ward import Ward
from test_same_as_simpy import DISTRIBUTIONS, RATE, ROWS, STEPS

UNITS = {"bed": 20, "theatre": 1, "intensive": 2}
A_DAY = 2.2


class QuickWard(Ward):
    """The ward with random numbers as a SimPy user would draw them."""

    def key(self, number):
        return None

    def chance(self, key, step):
        return random.random()

    def draw(self, key, step, distribution):
        kind, p, q = (*self.distributions[distribution], 0.0)[:3]
        if kind == draws.LOGNORMAL:
            return random.lognormvariate(p, q)
        return random.weibullvariate(q, p) if kind == draws.WEIBULL else random.expovariate(1 / p)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=20_000)
    asked.add_argument("--draws", type=int, default=1000)
    arguments = asked.parse_args()
    pairs = sorted((_kernel(arguments.patients), _simpy(arguments.patients)) for _ in range(5))
    ratios = [ours / theirs for ours, theirs in pairs]
    ours, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"kernel {ours:,.0f} patients a processor second, SimPy {theirs:,.0f}: {statistics.median(ratios):.0f} times "
          f"({min(ratios):.0f} to {max(ratios):.0f})")  # fmt: skip
    wall, processor, memory = _sensitivity(arguments.draws)
    print(f"{arguments.draws:,} draws x 30 x 2,000 patients: {wall:.1f} s, {processor:.1f} of processor")
    wall, processor = _plan(arguments.draws)
    told = f"a pathway against its plan, {arguments.draws:,} draws x 30 x 2,000 x 2"
    print(f"{told}: {wall:.1f} s, {processor:.1f} of processor")
    print(f"memory of Python's own while 30 and 300 replications run: {memory[0]:,} and {memory[1]:,} bytes")


def _arrivals(patients: int) -> np.ndarray:
    return np.cumsum(np.random.default_rng(1).exponential(1 / A_DAY, patients))


def _kernel(patients: int) -> float:
    cohort = [(at, 0) for at in _arrivals(patients)]
    of = program(ROWS, DISTRIBUTIONS, list(UNITS.values()), branches=[(0.3, 5), (1.0, 10)], cohort=cohort, rate=RATE)
    state = make_state(of, patients, 1)
    run(of, state, key_of(1, 0), 0.0, np.inf)  # compiles
    begun = time.process_time()
    for replication in range(20):
        run(of, state, key_of(1, replication), 0.0, np.inf)
    return 20 * patients / (time.process_time() - begun)


def _simpy(patients: int) -> float:
    ward = QuickWard(UNITS, DISTRIBUTIONS, (1, 0), RATE)
    begun = time.process_time()
    ward.run(list(_arrivals(patients)), STEPS)
    return patients / (time.process_time() - begun)


def _sensitivity(times: int) -> tuple[float, float, tuple[int, int]]:
    """Seconds and processor seconds of all draws; peak memory that does not grow with replications."""
    rng = np.random.default_rng(7)
    base = program(ROWS, DISTRIBUTIONS, list(UNITS.values()), branches=[(0.3, 5), (1.0, 10)], a_day=A_DAY, rate=RATE)
    days = 2000 / A_DAY
    replicate(base, 2, seed=1, warm=0.0, horizon=days)
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        drawn = base.distributions.copy()
        drawn.p += rng.normal(0, 0.05, len(drawn))
        replicate(base._replace(distributions=drawn), 30, seed=1, warm=0.0, horizon=days, threads=2)
    took = time.perf_counter() - wall, time.process_time() - processor
    peaks = []
    for replications in (30, 300):
        tracemalloc.start()
        replicate(base, replications, seed=1, warm=0.0, horizon=days)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return *took, (peaks[0], peaks[1])


def _plan(times: int) -> tuple[float, float]:
    """Seconds and processor seconds of a probabilistic sensitivity analysis of a shipped pathway and its plan."""
    folder = parameters_folder() / "pathways"
    base, plan = layered(folder / "lumbar_disc.yaml"), layered(folder / "scenarios/disc_home_on_day_three.yaml").raw
    rng = np.random.default_rng(7)
    drawn = [{"readmission.chance": float(rng.beta(6, 194))} for _ in range(times)]
    assert base.pathway.arrivals
    wall, processor = time.perf_counter(), time.process_time()
    probabilistic(base, plan["edits"], drawn, {}, replications=30, warm=60.0, days=2000 / base.pathway.arrivals.a_day)
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
