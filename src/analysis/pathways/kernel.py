"""The pathway kernel: one event list, op-codes, patients in slots; memory does not grow with replications.

Order of events: by time, then by the order they were put in. Whoever is given a unit goes on at the same moment, after
the patient who gave it up has come to rest (as in SimPy): on the same draws both run bit for bit alike.
"""

import math

import numpy as np

from analysis.pathways.draws import mix, quantile, uniform
from analysis.pathways.event_list import drop_first, push
from analysis.pathways.jit import compiled
from analysis.pathways.program import (
    BRANCH,
    CLOCK,
    COMPLICATION,
    CONSUME,
    DELAY,
    DISCHARGE,
    GOTO,
    IF_MARK,
    MARK,
    OPENING,
    READMISSION,
    RELEASE,
    RETURN,
    SEIZE,
    UNTIL,
)  # fmt: skip

#: What a logged event tells.
ARRIVED, ASKED, BEGAN, ENDED, USED, LEFT = range(6)


@compiled
def put_event(state, time, kind):
    house = state.house[0]
    push(state.events, house.events, time, house.order, kind)
    house.events += 1
    house.order += 1


@compiled
def note(state, slot, step, what, of, time):
    house = state.house[0]
    if house.logged < len(state.log):
        line = state.log[house.logged]
        line.number, line.step, line.what, line.of, line.time = slot.number, step, what, of, time
    house.logged += 1


@compiled
def add_up(state, resource, now):
    """Add busy and open time of a resource since it last changed."""
    desk = state.desks[resource]
    span = now - max(desk.touched, state.house[0].warm)
    if span > 0.0:
        tally = state.resources[resource]
        tally.busy += (desk.units - desk.idle) * span
        tally.open += desk.units * span
    desk.touched = now


@compiled
def begin_use(program, state, at, resource, now):
    """Hold a unit from now on; the patient goes on behind the row that asked for it."""
    add_up(state, resource, now)
    slot = state.slots[at]
    state.desks[resource].idle -= 1
    state.held[at, resource] = now
    if slot.asked >= state.house[0].warm:
        tally = state.resources[resource]
        tally.requests += 1
        tally.days_waited += now - slot.asked
        tally.waited += now > slot.asked
    if len(state.patients) > 0:
        state.patients[slot.number].waited += now - slot.asked
    if len(state.log) > 0:
        note(state, slot, program.rows[slot.row].step, BEGAN, resource, now)
    slot.row += 1


@compiled
def serve_queue(program, state, resource, now):
    """Give idle units to those who wait, the most urgent first, then the first come."""
    desk, house = state.desks[resource], state.house[0]
    urgency = 0
    while desk.idle > 0 and desk.queued > 0:
        while desk.head[urgency] < 0:
            urgency += 1
        at = desk.head[urgency]
        desk.head[urgency] = state.slots[at].behind
        desk.queued -= 1
        begin_use(program, state, at, resource, now)
        state.ready[(house.ready_head + house.ready) % len(state.ready)] = at
        house.ready += 1


@compiled
def seize(program, state, at, resource, urgency, now):
    """True where a unit was idle; else the patient waits in the queue."""
    slot, desk = state.slots[at], state.desks[resource]
    slot.asked = now
    if len(state.log) > 0:
        note(state, slot, program.rows[slot.row].step, ASKED, resource, now)
    if desk.idle > 0:  # then nobody waits
        begin_use(program, state, at, resource, now)
        return True
    slot.behind = -1
    if desk.head[urgency] < 0:
        desk.head[urgency] = at
    else:
        state.slots[desk.tail[urgency]].behind = at
    desk.tail[urgency] = at
    desk.queued += 1
    return False


@compiled
def release(program, state, at, resource, now, step):
    """Give a unit back and pay for its use."""
    add_up(state, resource, now)
    slot = state.slots[at]
    state.desks[resource].idle += 1
    slot.cost += (now - state.held[at, resource]) * program.resources[resource].rate
    if len(state.log) > 0:
        note(state, slot, step, ENDED, resource, now)
    serve_queue(program, state, resource, now)


@compiled
def next_opening(program, calendar, now):
    """The next open moment of a calendar: now, or the first opening after it."""
    base = math.floor(now / program.cycle) * program.cycle
    first = program.calendars[calendar].first
    for _ in range(2):
        for i in range(first, first + program.calendars[calendar].hours):
            if now < base + program.hours[i].closes:
                return max(now, base + program.hours[i].opens)
        base += program.cycle
    return now


@compiled
def discharge(program, state, slot, now):
    """Count stay and cost up to now; a later return counts as a stay of its own."""
    days = now - slot.since
    if slot.counted:
        tally = state.classes[slot.who]
        tally.stays += 1
        tally.days += days
        tally.days_squared += days * days
        tally.cost += slot.cost
        tally.payment += program.classes[slot.who].payment
        tally.complications += (slot.marks >> COMPLICATION) & 1
    if len(state.patients) > 0:
        patient = state.patients[slot.number]
        patient.days += days
        patient.cost += slot.cost
        patient.marks |= slot.marks
        patient.left = now
    if len(state.log) > 0:
        note(state, slot, -1, LEFT, slot.who, now)
    slot.cost = 0.0


@compiled
def draw(program, slot, row, distribution):
    """Value of a distribution for this patient at this row."""
    d = program.distributions[distribution]
    return quantile(d.kind, d.p, d.q, d.r, program.tables, uniform(slot.key, row.step, slot.turn))


@compiled
def choose(program, slot, row):
    """The row a branch leads to."""
    u = uniform(slot.key, row.step, slot.turn)
    at, last = row.a, row.a + row.b - 1
    while at < last and u >= program.branches[at].chance:
        at += 1
    return program.branches[at].target


@compiled
def comes_back(program, state, at, slot, row, now):
    """True where the patient will be admitted again later (the draws of the later stay are others)."""
    chance = program.branches[row.a]
    if uniform(slot.key, row.step, slot.turn) >= chance.chance:
        return False
    then = now + draw(program, slot, program.rows[slot.row + 1], row.b)
    if slot.counted:
        state.classes[slot.who].returns += 1
    slot.row = chance.target
    slot.since = then
    slot.turn += 1
    slot.marks = 1 << READMISSION
    put_event(state, then, at)
    return True


@compiled
def go_on(program, state, at, now):
    """Run a patient's rows until time passes, a unit is waited for, or the end."""
    slot = state.slots[at]
    while True:
        row = program.rows[slot.row]
        code = row.code
        if code in (DELAY, UNTIL, OPENING):
            if code == DELAY:
                then = now + draw(program, slot, row, row.a)
            elif code == UNTIL:
                then = slot.clocks[row.a] + draw(program, slot, row, row.b)
            else:
                then = next_opening(program, row.a, now)
            slot.row += 1
            if then > now:
                put_event(state, then, at)
                return
        elif code == SEIZE:
            if not seize(program, state, at, row.a, row.b, now):
                return
        elif code == RELEASE:
            slot.row += 1
            release(program, state, at, row.a, now, row.step)
        elif code == CONSUME:
            slot.cost += row.x
            if slot.counted:
                state.categories[row.a] += row.x
            if len(state.log) > 0:
                note(state, slot, row.step, USED, slot.row, now)
            slot.row += 1
        elif code == BRANCH:
            slot.row = choose(program, slot, row)
        elif code == GOTO:
            slot.turn += row.a <= slot.row
            slot.row = row.a
        elif code == MARK:
            slot.marks |= 1 << row.a
            slot.row += 1
        elif code == IF_MARK:
            slot.row = row.b if (slot.marks >> row.a) & 1 else slot.row + 1
        elif code == CLOCK:
            slot.clocks[row.a] = now
            slot.row += 1
        elif code == DISCHARGE:
            discharge(program, state, slot, now)
            slot.row += 1
        elif code == RETURN:
            if comes_back(program, state, at, slot, row, now):
                return
            slot.row += 2
        else:
            house = state.house[0]
            state.free[house.free] = at
            house.free += 1
            house.alive -= 1
            return


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
    house.alive += 1
    at = state.free[house.free]
    slot = state.slots[at]
    slot.row = program.classes[who].entry
    slot.key = mix(mix(key, who + 1), number + 1)
    slot.number, slot.who = number, who
    slot.turn, slot.marks = 0, 0
    slot.since, slot.cost = now, 0.0
    slot.clocks[0] = now
    slot.counted = now >= house.warm
    if slot.counted:
        state.classes[who].arrivals += 1
    if len(state.log) > 0:
        note(state, slot, -1, ARRIVED, who, now)
    go_on(program, state, at, now)
    return True


@compiled
def change_shift(program, state, resource, now):
    """Units open from now on, and when that changes again; whoever is being served stays."""
    add_up(state, resource, now)
    desk, of = state.desks[resource], program.resources[resource]
    units = program.shifts[of.first + desk.shift].units
    desk.idle += units - desk.units
    desk.units = units
    if of.shifts > 1:
        base = math.floor(now / program.cycle + 1e-9) * program.cycle
        desk.shift += 1
        if desk.shift == of.shifts:
            desk.shift = 0
            base += program.cycle
        then = base + program.shifts[of.first + desk.shift].at
        put_event(state, then, -1 - len(program.classes) - resource)
    serve_queue(program, state, resource, now)


@compiled
def clear(state, warm):
    """An empty house at time 0; log and tallies at nought."""
    house = state.house[0]
    house.events = house.order = house.ready_head = house.ready = house.logged = house.alive = house.overflow = 0
    house.free = len(state.slots)
    house.warm = warm
    for at in range(len(state.slots)):
        state.free[at] = len(state.slots) - 1 - at
    for resource in range(len(state.desks)):
        desk, tally = state.desks[resource], state.resources[resource]
        for urgency in range(len(desk.head)):
            desk.head[urgency] = -1
        desk.queued = desk.units = desk.idle = desk.shift = 0
        desk.touched = 0.0
        tally.requests = tally.waited = tally.days_waited = tally.busy = tally.open = 0.0
        tally.queue_half = tally.queue_end = 0.0
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
def open_doors(program, state, key):
    """The first shifts and the first arrivals."""
    for resource in range(len(program.resources)):
        change_shift(program, state, resource, 0.0)
    if len(program.cohort) > 0:
        put_event(state, program.cohort[0].at, -1)
        return
    for who in range(len(program.classes)):
        first = next_arrival(program, state, who, key)
        if first < np.inf:
            put_event(state, first, -1 - who)


@compiled
def arrive(program, state, who, key, now):
    """Admit the next of the cohort, or of a class, and expect the one after; False where no slot is free."""
    if len(program.cohort) > 0:
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
def note_queues(state, half):
    for resource in range(len(state.desks)):
        if half:
            state.resources[resource].queue_half = state.desks[resource].queued
        else:
            state.resources[resource].queue_end = state.desks[resource].queued


@compiled
def run(program, state, key, warm, horizon):
    """One replication from an empty house at time 0 to the horizon (a cohort: till the last has gone).

    key : uint64 of seed and replication. False where the slots were too few.
    """
    clear(state, warm)
    open_doors(program, state, key)
    house, classes, cohort = state.house[0], len(program.classes), len(program.cohort)
    half = warm + 0.5 * (horizon - warm)
    while house.events > 0:
        now, kind = state.events[0].time, state.events[0].kind
        if now > horizon or (cohort > 0 and house.alive == 0 and state.gates[0].come == cohort):
            break
        if now > half:
            note_queues(state, True)
            half = np.inf
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
    for resource in range(len(state.desks)):
        add_up(state, resource, min(horizon, now) if cohort > 0 else horizon)
    note_queues(state, False)
    return True
