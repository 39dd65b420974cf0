"""Who comes and when, and the slot each patient gets (compiled)."""

import math

import numpy as np

from analysis.pathways.desks import change_shift, note, put_event
from analysis.pathways.draws import mix, uniform
from analysis.pathways.jit import compiled
from analysis.pathways.rows import go_on
from analysis.pathways.state import ARRIVED


@compiled
def next_arrival(program, state, who, key):
    """When the next patient of a class comes: the expected number of arrivals grows by a unit exponential."""
    gate, expected = state.gates[who], program.expected[who]
    gate.reached -= math.log(1.0 - uniform(key, who, gate.come))
    bins = len(expected) - 1
    if expected[bins] <= 0.0:
        return np.inf
    cycles = math.floor(gate.reached / expected[bins])
    rest = gate.reached - cycles * expected[bins]
    low, high = 0, bins
    while high - low > 1:
        middle = (low + high) >> 1
        if expected[middle] <= rest:
            low = middle
        else:
            high = middle
    span = expected[high] - expected[low]
    part = (rest - expected[low]) / span if span > 0.0 else 0.0
    return (cycles + (low + part) / bins) * program.cycle


@compiled
def admit(program, state, who, number, key, now):
    """A new patient in a free slot; False where there is none."""
    house = state.house[0]
    if house.free == 0:
        house.overflow = 1
        return False
    house.free -= 1
    at = state.free[house.free]
    slot = state.slots[at]
    slot.outside = program.classes[who].outside
    house.alive += not slot.outside
    slot.row = program.classes[who].entry
    slot.key = mix(mix(key, who + 1), number + 1)
    slot.number, slot.who = number, who
    slot.turn, slot.marks, slot.paid = 0, 0, 1
    slot.since, slot.cost = now, 0.0
    slot.clocks[0] = now
    slot.counted = house.warm <= now <= house.last and not slot.outside
    if slot.counted:
        state.classes[who].arrivals += 1
    if len(state.log) > 0:
        note(state, slot, -1, ARRIVED, who, now)
    go_on(program, state, at, now)
    return True


@compiled
def arrive(program, state, who, key, now):
    """Admit the next of the cohort, or of a class, and expect the one after; False where no slot is free."""
    if len(program.cohort) > 0 and not program.classes[who].outside:
        gate = state.gates[0]
        number = gate.come
        gate.come += 1
        if gate.come < len(program.cohort):
            put_event(state, program.cohort[gate.come].at, -1)
        return admit(program, state, program.cohort[number].who, number, key, now)
    gate = state.gates[who]
    number = gate.come
    gate.come += 1
    put_event(state, next_arrival(program, state, who, key), -1 - who)
    return admit(program, state, who, number, key, now)


@compiled
def open_doors(program, state, key):
    """The first shifts and the first arrivals."""
    for resource in range(len(program.resources)):
        change_shift(program, state, resource, 0.0)
    if len(program.cohort) > 0:
        put_event(state, program.cohort[0].at, -1)
    for who in range(len(program.classes)):
        if len(program.cohort) > 0 and not program.classes[who].outside:
            continue
        first = next_arrival(program, state, who, key)
        if first < np.inf:
            put_event(state, first, -1 - who)
