"""Capacities that can run short, and the rules of the queues before them: what the YAML files say, typed."""

from analysis.settings import Settings


class Opening(Settings):
    """Capacity of a resource while a story makes it short, at 8,000 discharges a year.

    `units`: parallel servers from Monday to Friday, `weekend`: on Saturday and Sunday; fractions are whole units that
    open for fewer hours. `weekdays`: days it opens at all (1 = Monday). Months are inclusive.
    """

    resource: str
    from_month: str = "2020-01"
    until_month: str = "2099-12"
    weekdays: list[int] = [1, 2, 3, 4, 5, 6, 7]
    units: float
    weekend: float = 0
    opens: float
    closes: float


class OneStop(Settings):
    """Pre-operative examinations of these groups on the day of admission, out of the common queue."""

    drgs: list[str]
    from_month: str


class Shortage(Settings):
    """A story of too little capacity: who waits, and for how long, is the result of the queues."""

    title: str
    title_en: str
    scenarios: list[str]
    openings: list[Opening]
    one_stop: OneStop | None = None


class QueueRules(Settings):
    """Rules of the queues, with and without a shortage.

    `resources`: those whose waits are simulated; `session`: minutes of a place in rehabilitation; `induction`,
    `turnover`: minutes of the theatre before and after an operation; `closed_days`: mean days that weekends add to the
    wait for an operation, taken off the drawn preparation so that the group's mean stays; `recovery`: share of the days
    planned after the request that a patient of the group needs in rehabilitation before going home (1: what the wait
    takes is added to the stay; a group that is not named goes home as planned).
    """

    resources: list[str]
    session: float
    induction: float
    turnover: float
    closed_days: float
    recovery: dict[str, float]
