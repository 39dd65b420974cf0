"""A queue served first come, first served by units that open and close."""

import heapq
from dataclasses import dataclass

import numpy as np

from analysis.demo.opening import NEVER, Windows

#: Instead of a start: gone home before being served; still waiting when the last day known is over.
WITHDRAWN, WAITING = -1, -2


@dataclass(frozen=True)
class Requests:
    """One entry a request, times in seconds since 1970-01-01.

    `hold`: seconds that the unit is taken from the start on, at least until `until`; `latest`: withdrawn where it could
    only start after that; `number`: who is first of those who come at the same second.
    """

    at: np.ndarray
    hold: np.ndarray
    until: np.ndarray
    latest: np.ndarray
    number: np.ndarray


def serve(requests: Requests, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Start and unit of each request, in the order of the requests.

    Nobody starts before someone who asked earlier and could have started then. What starts while its unit is open is
    finished, after closing if need be. The unit that has been free longest is taken. Where a request is not served its
    start is `WITHDRAWN` or `WAITING`, its unit -1.
    """
    start, unit = np.full(len(requests.at), WAITING), np.full(len(requests.at), -1)
    free = [(windows.next(k, 0), k) for k in range(windows.opens.shape[0])]
    heapq.heapify(free)
    order = np.lexsort((requests.number, requests.at))
    fields = (requests.at, requests.hold, requests.until, requests.latest)
    for i, asked, hold, until, latest in zip(order.tolist(), *(f[order].tolist() for f in fields), strict=True):
        begin, k = _first_free(free, asked, windows)
        if begin == NEVER:
            continue
        if begin > latest:
            start[i] = WITHDRAWN
            continue
        start[i], unit[i] = begin, k
        heapq.heapreplace(free, (max(begin + hold, until), k))
    return start, unit


def _first_free(free: list[tuple[int, int]], asked: int, windows: Windows) -> tuple[int, int]:
    """When and where a request can start; the unit is then at the head of `free`.

    Units that are free but closed move on to their next opening.
    """
    while True:
        since, k = free[0]
        earliest = max(since, asked)
        begin = windows.next(k, earliest) if since < NEVER else NEVER
        if begin == earliest or begin == NEVER == since:
            return begin, k
        heapq.heapreplace(free, (begin, k))
