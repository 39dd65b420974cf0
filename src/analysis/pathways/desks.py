"""Units of resources and their queues: asked for, held, given back, opened and closed by shifts (compiled)."""

import math

from analysis.pathways.event_list import push
from analysis.pathways.jit import compiled
from analysis.pathways.state import ASKED, BEGAN, ENDED


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
        line.who, line.number = slot.who, slot.number
        line.step, line.what, line.of, line.time = step, what, of, time
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
    if not slot.outside and state.house[0].warm <= slot.asked <= state.house[0].last:
        tally = state.resources[resource]
        tally.requests += 1
        tally.days_waited += now - slot.asked
        tally.waited += now > slot.asked
    if len(state.patients) > 0 and not slot.outside:
        state.patients[slot.number].waited += now - slot.asked
    if len(state.log) > 0:
        note(state, slot, program.rows[slot.row].step, BEGAN, resource, now)
    slot.row += 2 if program.rows[slot.row].x > 0.0 else 1


@compiled
def serve_queue(program, state, resource, now):
    """Give idle units to those who wait, the most urgent first, then the first come; who gave up goes on without."""
    desk, house = state.desks[resource], state.house[0]
    urgency = 0
    while desk.idle > 0 and desk.queued > 0:
        while desk.head[urgency] < 0:
            urgency += 1
        at = desk.head[urgency]
        desk.head[urgency] = state.slots[at].behind
        desk.queued -= 1
        desk.own -= not state.slots[at].outside
        patience = program.rows[state.slots[at].row].x
        if patience > 0.0 and now > state.slots[at].asked + patience:
            state.slots[at].row += 1
        else:
            begin_use(program, state, at, resource, now)
        state.ready[(house.ready_head + house.ready) % len(state.ready)] = at
        house.ready += 1


@compiled
def seize(program, state, at, row, now):
    """True where a unit was idle; else the patient waits in the queue."""
    resource, urgency = row.a, row.b
    slot, desk = state.slots[at], state.desks[resource]
    slot.asked = now
    if len(state.log) > 0:
        note(state, slot, row.step, ASKED, resource, now)
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
    desk.own += not slot.outside
    return False


@compiled
def release(program, state, at, row, now):
    """Give a unit back and pay for its use."""
    resource, slot = row.a, state.slots[at]
    slot.row += 1
    add_up(state, resource, now)
    state.desks[resource].idle += 1
    slot.cost += (now - state.held[at, resource]) * program.resources[resource].rate
    if len(state.log) > 0:
        note(state, slot, row.step, ENDED, resource, now)
    serve_queue(program, state, resource, now)


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
