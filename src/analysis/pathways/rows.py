"""What a patient does row by row: time passes, units are held, money is used, ways are chosen, stays end (compiled)."""

import math

from analysis.pathways.desks import note, put_event, release, seize
from analysis.pathways.draws import quantile, uniform
from analysis.pathways.jit import compiled
from analysis.pathways.program import (
    BRANCH,
    COMPLICATION,
    CONSUME,
    DELAY,
    DISCHARGE,
    END,
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
from analysis.pathways.state import ARRIVED, LEFT, USED


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
def discharge(program, state, slot, now):
    """Count stay and cost up to now; a later return counts as a stay of its own."""
    slot.row += 1
    days = now - slot.since
    if slot.counted:
        tally = state.classes[slot.who]
        tally.stays += 1
        tally.days += days
        tally.days_squared += days * days
        tally.cost += slot.cost
        tally.payment += slot.paid * program.classes[slot.who].payment
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
def comes_back(program, state, at, slot, row, now):
    """True where the patient will be admitted again later (the draws of the later stay are others)."""
    chance = program.branches[row.a]
    if uniform(slot.key, row.step, slot.turn) >= chance.chance:
        slot.row += 2
        return False
    then = now + draw(program, slot, program.rows[slot.row + 1], row.b)
    if slot.counted:
        state.classes[slot.who].returns += 1
    slot.row = chance.target
    slot.since = then
    slot.paid = then - now >= program.classes[slot.who].unpaid_within
    slot.turn += 1
    slot.marks = 1 << READMISSION
    if len(state.log) > 0:
        note(state, slot, -1, ARRIVED, slot.who, then)
    put_event(state, then, at)
    return True


@compiled
def passes(program, state, at, row, now):
    """True where time passes; the patient goes on at its end."""
    slot = state.slots[at]
    if row.code == DELAY:
        then = now + draw(program, slot, row, row.a)
    elif row.code == UNTIL:
        then = slot.clocks[row.a] + draw(program, slot, row, row.b)
    else:
        then = next_opening(program, row.a, now)
    slot.row += 1
    if then > now:
        put_event(state, then, at)
    return then > now


@compiled
def consume(state, slot, row, now):
    """Money of a category is used."""
    slot.cost += row.x
    if slot.counted:
        state.categories[row.a] += row.x
    if len(state.log) > 0:
        note(state, slot, row.step, USED, slot.row, now)
    slot.row += 1


@compiled
def next_row(program, slot, row, now):
    """Where a row leads that takes neither time nor money: a branch, a jump, a mark, a clock."""
    if row.code == BRANCH:
        return choose(program, slot, row)
    if row.code == GOTO:
        slot.turn += row.a <= slot.row
        return row.a
    if row.code == IF_MARK:
        return row.b if (slot.marks >> row.a) & 1 else slot.row + 1
    if row.code == MARK:
        slot.marks |= 1 << row.a
    else:
        slot.clocks[row.a] = now
    return slot.row + 1


@compiled
def leave(state, at):
    """The slot is free for another patient."""
    house = state.house[0]
    state.free[house.free] = at
    house.free += 1
    house.alive -= not state.slots[at].outside


@compiled
def go_on(program, state, at, now):
    """Run a patient's rows until time passes, a unit is waited for, or the end."""
    slot = state.slots[at]
    while True:
        row = program.rows[slot.row]
        code = row.code
        if code in (DELAY, UNTIL, OPENING):
            if passes(program, state, at, row, now):
                return
        elif code == SEIZE:
            if not seize(program, state, at, row, now):
                return
        elif code == RELEASE:
            release(program, state, at, row, now)
        elif code == CONSUME:
            consume(state, slot, row, now)
        elif code == DISCHARGE:
            discharge(program, state, slot, now)
        elif code == RETURN:
            if comes_back(program, state, at, slot, row, now):
                return
        elif code == END:
            return leave(state, at)
        else:
            slot.row = next_row(program, slot, row, now)
