"""The event list: a binary heap of records (time, order, kind), earliest first, ties in the order they were put in."""

from analysis.pathways.jit import compiled


@compiled
def push(events, size, time, order, kind):
    """Put an event among `size` others; the array must have room."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        other = events[up]
        if other.time < time or (other.time == time and other.order < order):
            break
        here = events[at]
        here.time, here.order, here.kind = other.time, other.order, other.kind
        at = up
    here = events[at]
    here.time, here.order, here.kind = time, order, kind


@compiled
def drop_first(events, size):
    """Take the first of `size` events away; read it before."""
    end = size - 1
    last = events[end]
    time, order, kind = last.time, last.order, last.kind
    at = 0
    while True:
        down = 2 * at + 1
        if down >= end:
            break
        child = events[down]
        if down + 1 < end:
            other = events[down + 1]
            if other.time < child.time or (other.time == child.time and other.order < child.order):
                down, child = down + 1, other
        if time < child.time or (time == child.time and order < child.order):
            break
        here = events[at]
        here.time, here.order, here.kind = child.time, child.order, child.kind
        at = down
    here = events[at]
    here.time, here.order, here.kind = time, order, kind
