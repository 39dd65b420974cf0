"""The pathway kernel: one event list, op-codes, patients in slots; memory does not grow with replications.

Order of events: by time, then by the order they were put in. Whoever is given a unit goes on at the same moment, after
the patient who gave it up has come to rest (as in SimPy): on the same draws both run bit for bit alike.

desks.py holds units and queues, rows.py what patients do, admissions.py who comes; here they are run.
"""

import numpy as np

from analysis.pathways.admissions import arrive, open_doors
from analysis.pathways.desks import add_up, change_shift
from analysis.pathways.event_list import drop_first
from analysis.pathways.jit import compiled
from analysis.pathways.rows import go_on


@compiled
def run(program, state, key, warm, horizon, last=np.inf):
    """One replication from an empty house at time 0 to the horizon (a cohort: till the last has gone).

    key : uint64 of seed and replication. last : who comes later is served but not counted. False where the slots were
    too few.
    """
    clear(state, warm, last)
    open_doors(program, state, key)
    house, half, now = state.house[0], warm + 0.5 * (horizon - warm), 0.0
    while house.events > 0:
        now = state.events[0].time
        if now > horizon or all_gone(program, state):
            break
        if now > half:
            note_queues(state, True)
            half = np.inf
        if not happen(program, state, key, now):
            return False
    for resource in range(len(state.desks)):
        add_up(state, resource, min(horizon, now) if len(program.cohort) > 0 else horizon)
    note_queues(state, False)
    return True


@compiled
def happen(program, state, key, now):
    """The next event, and all who go on at its moment; False where a patient found no slot."""
    house, classes = state.house[0], len(program.classes)
    kind = state.events[0].kind
    drop_first(state.events, house.events)
    house.events -= 1
    if kind >= 0:
        go_on(program, state, kind, now)
    elif kind < -classes:
        change_shift(program, state, -1 - classes - kind, now)
    elif not arrive(program, state, -1 - kind, key, now):
        return False
    while house.ready > 0:
        at = state.ready[house.ready_head]
        house.ready_head = (house.ready_head + 1) % len(state.ready)
        house.ready -= 1
        go_on(program, state, at, now)
    return True


@compiled
def all_gone(program, state):
    """True where a cohort has come and left."""
    cohort = len(program.cohort)
    return cohort > 0 and state.house[0].alive == 0 and state.gates[0].come == cohort


@compiled
def clear(state, warm, last):
    """An empty house at time 0; log and tallies at nought."""
    house = state.house[0]
    house.events = house.order = house.ready_head = house.ready = house.logged = house.alive = house.overflow = 0
    house.free = len(state.slots)
    house.warm, house.last = warm, last
    for at in range(len(state.slots)):
        state.free[at] = len(state.slots) - 1 - at
    clear_desks(state)
    clear_tallies(state)


@compiled
def clear_desks(state):
    for resource in range(len(state.desks)):
        desk, tally = state.desks[resource], state.resources[resource]
        for urgency in range(len(desk.head)):
            desk.head[urgency] = -1
        desk.queued = desk.own = desk.units = desk.idle = desk.shift = 0
        desk.touched = 0.0
        tally.requests = tally.waited = tally.days_waited = tally.busy = tally.open = 0.0
        tally.queue_half = tally.queue_end = 0.0


@compiled
def clear_tallies(state):
    for who in range(len(state.gates)):
        gate, counts = state.gates[who], state.classes[who]
        gate.reached, gate.come = 0.0, 0
        counts.arrivals = counts.stays = counts.days = counts.days_squared = 0.0
        counts.cost = counts.payment = counts.complications = counts.returns = 0.0
    for category in range(len(state.categories)):
        state.categories[category] = 0.0
    for number in range(len(state.patients)):
        patient = state.patients[number]
        patient.days = patient.cost = patient.waited = patient.left = 0.0
        patient.marks = 0


@compiled
def note_queues(state, half):
    for resource in range(len(state.desks)):
        if half:
            state.resources[resource].queue_half = state.desks[resource].own
        else:
            state.resources[resource].queue_end = state.desks[resource].own
