"""Adherence worked by hand: five stays, and what each rule says of one step."""

import json

import pytest
from adherence_hospital import END, at, charge, event, judged, pathway, statuses, stay
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contract import period_tables
from analysis.pathways.model import Pathway

FIVE = pathway(
    {
        "ct": {"activity": "head_ct", "items": {"CT": 1}, "day": [1, 1]},
        "surgery": {"activity": "surgery", "need": "optional", "most": 1},
        "rehabilitation": {
            "activity": "rehabilitation", "items": {"REHAB": 1}, "after": "surgery", "within_hours": 24, "least": 2,
            "cause": "system", "resource": "therapy", "unless": {"measurement": {"name": "ef", "below": 40}},
        },
        "second_drug": {"items": {"DRUG": 2}, "need": "forbidden"},
    },
    standard={"days": 5},
)  # fmt: skip


def five_stays() -> dict[str, list[dict]]:
    """s1 all as asked; s2 CT on day 2, rehabilitation late and waited for; s3 no CT (given back), once rehabilitated;
    s4 excused from rehabilitation, operated on twice; s5 no value of the measurement, a forbidden drug."""
    operated = [event(s, "surgery", at(2, 10), at(1, 12)) for s in ("s1", "s2", "s3", "s4", "s5")]
    values = {"s1": 55, "s2": 55, "s3": 40, "s4": 39.9, "s5": None}
    return {
        "stays": [stay(s, end=6 if s == "s1" else 8) for s in values],
        "events": [
            *operated,
            event("s4", "surgery", at(4)),
            event("s1", "head_ct", at(1, 9), at(1, 8)),
            event("s2", "rehabilitation", at(5, 10), at(2, 22)),
            event("s2", "rehabilitation", at(6, 10), at(6, 9)),
        ],
        "charges": [
            charge("s2", "CT", at(2)),
            charge("s3", "CT", at(1)),
            charge("s3", "CT", at(9), -1, refund_of="s3CT0108001"),
            charge("s4", "CT", at(1)),
            charge("s5", "CT", at(1)),
            charge("s1", "REHAB", at(3, 9)),
            charge("s1", "REHAB", at(4, 9)),
            charge("s2", "REHAB", at(5, 10)),
            charge("s2", "REHAB", at(6, 10)),
            charge("s3", "REHAB", at(3, 9)),
            charge("s5", "DRUG", at(3), 2),
        ],
        "measurements": [
            {"measurement_id": s, "stay_id": s, "name": "ef", "value": v, "measured_at": at(1)}
            for s, v in values.items()
        ],
    }


def test_five_stays_by_hand():
    with judged(five_stays(), [FIVE]) as engine:
        assert statuses(engine, "ct") == {"s1": "done", "s2": "late", "s3": "omitted", "s4": "done", "s5": "done"}
        assert statuses(engine, "rehabilitation") == {"s1": "done", "s2": "late", "s3": "omitted"}
        assert statuses(engine, "surgery") == dict.fromkeys(("s1", "s2", "s3", "s5"), "done") | {"s4": "repeated"}
        assert statuses(engine, "second_drug") == {"s5": "forbidden"}
        [late] = engine.frame(
            "select * from adherence where stay_id = 's2' and step = 'rehabilitation'"
        ).to_dict("records")  # fmt: skip
    assert late["waiting_days"] == 2.5 and late["cause_class"] == "system"
    assert json.loads(late["expected"]) == {"need": "required", "after": "surgery", "within_hours": 24.0, "least": 2}


def test_rows_are_those_of_the_closed_table():
    with judged(five_stays(), [FIVE]) as engine:
        rows = engine.shaped(period_tables()["adherence"])
        keys = engine.value("select count(distinct (pathway, stay_id, step)) from adherence")
    assert rows.num_rows == keys == 14


def many(cases: list[tuple[dict, dict, dict]]) -> list[str | None]:
    """Status of step x of stay s in each case (its steps, its rows, what else is known of the stay), judged at once."""
    rows: dict[str, list[dict]] = {"stays": []}
    pathways = []
    for n, (steps, told, more) in enumerate(cases):
        pathways.append(pathway(steps, {"drg": [f"C{n:02d}"]}, id=f"p{n}"))
        rows["stays"].append(stay(f"s{n}", drg_code=f"C{n:02d}", **more))
        for table, lines in told.items():
            rows.setdefault(table, []).extend(_of(line, n) for line in lines)
    with judged(rows, pathways) as engine:
        found = statuses(engine, "x")
    return [found.get(f"s{n}") for n in range(len(cases))]


KEYS = ("line_id", "refund_of", "event_id", "measurement_id")


def _of(line: dict, n: int) -> dict:
    """A line of stay s as one of the n-th stay."""
    return line | {key: f"{line[key]} {n}" for key in KEYS if line.get(key)} | {"stay_id": f"s{n}"}


#: Step x, as far as a case says nothing else of it.
X = {"activity": "x", "items": {"X": 2}}
LINES = [charge("s", "X", at(day), 2) for day in (2, 4, 6)]
BEFORE = {"b": {"activity": "b"}}
OPTIONAL = {"b": {"activity": "b", "need": "optional"}}


STEPS = [
    ({}, {}, "omitted"),
    ({}, {"events": [event("s", "x", at(2))]}, "done"),
    ({"need": "optional"}, {}, None),
    ({"need": "forbidden"}, {}, None),
    ({"least": 3}, {"charges": LINES}, "done"),
    ({"least": 4}, {"charges": LINES}, "omitted"),
    ({"most": 2}, {"charges": LINES}, "repeated"),
    ({"most": 2}, {"charges": [charge("s", "X", at(2), 6)]}, "repeated"),  # three doings in one line
    ({"most": 1}, {"charges": [charge("s", "X", at(2), 3)]}, "done"),  # one and a half are one
    ({"most": 1}, {"charges": [charge("s", "X", at(2), 1), charge("s", "X", at(2, 12), 1)]}, "done"),
    ({"most": 2}, {"charges": [*LINES, charge("s", "X", at(7), -2, refund_of=LINES[2]["line_id"])]}, "done"),
    ({"most": 2}, {"charges": [*LINES, charge("s", "X", at(6, 9), -2)]}, "done"),  # given back the same day
    ({"most": 1}, {"charges": LINES[:1], "events": [event("s", "x", at(2, 8))]}, "done"),  # one doing, told twice
    ({"day": [2, 3]}, {"charges": LINES}, "done"),
    ({"day": [3, 3]}, {"charges": LINES}, "late"),
    ({"day": [7, 8]}, {"charges": LINES}, "done"),  # only before: done, if early
    ({"day": [7, 8], "need": "optional"}, {"charges": LINES}, None),
    ({"day": [-3, -1]}, {"charges": LINES}, "done"),
    ({"day": [5, -4]}, {"charges": LINES}, "late"),  # day 6 of a stay of eight days
    ({"day": [3, 3], "need": "forbidden"}, {"charges": LINES}, None),
    ({"day": [3, 4], "need": "forbidden"}, {"charges": LINES}, "forbidden"),
    ({"within_hours": 24}, {"charges": LINES}, "done"),
    ({"within_hours": 23}, {"charges": LINES}, "late"),
    ({"after": "admission", "within_hours": 23}, {"events": [event("s", "x", at(1, 7))]}, "done"),
    ({"unless": {"diagnosis": ["I6"]}}, {"diagnoses": [("I63.9", 2)]}, None),
    ({"unless": {"diagnosis": ["I6"]}}, {"diagnoses": [("K35", 1)]}, "omitted"),
    ({"unless": {"diagnosis": ["I6"]}}, {}, None),  # no diagnosis at all: cannot be told
    ({"unless": {"stay_shorter_than": 7}}, {}, "omitted"),
    ({"unless": {"stay_shorter_than": 8}}, {}, None),
    ({"unless": {"measurement": {"name": "m", "above": 5}}}, {"measurements": [4, 6]}, None),
    ({"unless": {"measurement": {"name": "m", "above": 5}}}, {"measurements": [4, 5]}, "omitted"),
    ({"unless": {"measurement": {"name": "m", "rise": 3}}}, {"measurements": [4, 7]}, None),
    ({"unless": {"measurement": {"name": "m", "rise": 3}}}, {"measurements": [7, 4, 9]}, "omitted"),
    ({"unless": {"measurement": {"name": "m", "rise": 3}}}, {"measurements": [7]}, None),  # nothing to compare
    ({"unless": {"diagnosis": ["I6"], "stay_shorter_than": 8}}, {}, None),  # excused by one is enough
]  # fmt: skip


def _written(rows: dict) -> dict:
    """Rows of a case: diagnoses from (code, position), measurements from values."""
    told = dict(rows)
    if "diagnoses" in told:
        told["diagnoses"] = [{"position": n, "code": code, "system": "icd10_cn"} for code, n in told["diagnoses"]]
    if "measurements" in told:
        told["measurements"] = [
            {"measurement_id": str(n), "name": "m", "value": value, "measured_at": at(1 + n)}
            for n, value in enumerate(told["measurements"])
        ]
    return told


@pytest.fixture(scope="module")
def of_steps() -> list[str | None]:
    return many([({"x": X | step}, _written(rows), {}) for step, rows, _ in STEPS])


@pytest.mark.parametrize("case", range(len(STEPS)), ids=lambda n: str(STEPS[n][0]))
def test_one_step(case, of_steps):
    assert of_steps[case] == STEPS[case][2]


ORDERS = [
    ({"after": "b"}, BEFORE, [("b", 2), ("x", 3)], "done"),
    ({"after": "b"}, BEFORE, [("b", 3), ("x", 2)], "omitted"),  # only before what it must follow
    ({"after": "b", "within_hours": 12}, BEFORE, [("b", 3), ("x", 2), ("x", 4)], "late"),
    ({"after": "b", "within_hours": 24}, BEFORE, [("b", 3), ("x", 2), ("x", 4)], "done"),
    ({"after": "b", "within_hours": 12}, BEFORE, [("x", 4)], "done"),  # when b was done is not known
    ({"after": "b"}, BEFORE, [], "omitted"),
    ({"after": "b"}, OPTIONAL, [], None),  # it follows what was not done
    ({"after": "b", "most": 1}, OPTIONAL, [("x", 1), ("b", 2), ("x", 3)], "done"),
]


@pytest.fixture(scope="module")
def of_orders() -> list[str | None]:
    cases = []
    for step, others, marks, _ in ORDERS:
        rows = {"events": [event("s", activity, at(day)) for activity, day in marks]}
        cases.append(({**others, "x": {"activity": "x"} | step}, rows, {}))
    return many(cases)


@pytest.mark.parametrize("case", range(len(ORDERS)), ids=lambda n: str(ORDERS[n]))
def test_order(case, of_orders):
    assert of_orders[case] == ORDERS[case][3]


def test_lateness_that_cannot_be_shown_is_not_claimed():
    rows = {"charges": [charge("s", "X", at(5), 2)]}
    known, unknown = {"admitted_at": None, "length_of_stay": 7}, {"admitted_at": None}
    cases = [
        ({"day": [1, 1]}, rows, known),
        ({"day": [1, 1]}, {}, known),
        ({"day": [1, 1], "need": "forbidden"}, rows, unknown),
        ({"unless": {"stay_shorter_than": 3}}, {}, unknown),
    ]
    assert many([({"x": X | step}, told, more) for step, told, more in cases]) == ["done", "omitted", None, None]


def entered(entry: dict, rows: dict, *others: Pathway) -> list[tuple[str, str]]:
    with judged(rows, [pathway({"x": {"activity": "x"}}, entry), *others]) as engine:
        rows = engine.frame("select pathway, stay_id from pathway_stays order by all")
    return list(rows.itertuples(index=False, name=None))


STAYS = [stay("a", age=60, severity="1"), stay("b", age=17, severity="2"), stay("c", drg_code="BB1"), stay("d", end=40)]
CODES = {
    "diagnoses": [
        {"stay_id": s, "position": n, "code": c, "system": "icd10_cn"}
        for s, n, c in [("a", 1, "I61.0"), ("b", 1, "E11"), ("b", 2, "I61.5"), ("c", 1, "I61")]
    ],
    "procedures": [{"stay_id": "a", "position": 2, "code": "47.0", "system": "icd9cm3_cn"}],
}


@pytest.mark.parametrize(
    ("entry", "on"),
    [
        ({"drg": ["AA"]}, "ab"),  # d leaves in July
        ({"drg": ["AA", "BB"]}, "abc"),
        ({"diagnosis": ["I61"]}, "ac"),
        ({"any_diagnosis": ["I61"]}, "abc"),
        ({"drg": ["AA"], "diagnosis": ["I6"]}, "a"),
        ({"drg": ["AA"], "unless_diagnosis": ["E1"]}, "a"),
        ({"procedure": ["47"]}, "a"),
        ({"severity": ["2"]}, "b"),
        ({"age": {"least": 18}}, "a"),  # an age that is not known fulfils nothing
        ({"age": {"most": 20}, "drg": ["AA"]}, "b"),
    ],
)
def test_entry(entry, on):
    assert entered(entry, {"stays": STAYS} | CODES) == [("p", s) for s in on]


def test_records_come_before_criteria():
    """a is recorded on another pathway of the library, c on this one, b on one that is not in the library."""
    records = [("a", "other"), ("c", "mine"), ("b", "elsewhere")]
    rows = {"stays": STAYS, "pathway_records": [
        {"stay_id": s, "pathway": p, "entered_at": at(1), "status": "completed"} for s, p in records
    ]}  # fmt: skip
    other = pathway({"x": {"activity": "x"}}, {"records": ["other"]}, id="q")
    assert entered({"drg": ["AA"], "records": ["mine"]}, rows, other) == [("p", "b"), ("p", "c"), ("q", "a")]
    assert entered({"drg": ["AA"]}, rows, other) == [("p", "a"), ("p", "b"), ("q", "a")]


LIMITED = pathway(
    {"x": {"items": {"X": 1}, "least": 2, "most": 3, "day": [2, 3]}, "y": {"activity": "y", "after": "x"}}
)
MARKS = st.lists(st.tuples(st.sampled_from("xy"), st.integers(1, 8), st.integers(0, 23)), max_size=8, unique=True)
HUNDRED = st.lists(MARKS, min_size=1, max_size=100)


def adherence_of(stays: list[list[tuple[str, int, int]]]) -> dict[tuple[str, str], str]:
    """Status by stay and step of stays with x and y done at these days and hours."""
    marks = [(f"s{n}", *mark) for n, stay_marks in enumerate(stays) for mark in stay_marks]
    rows = {
        "stays": [stay(f"s{n}") for n in range(len(stays))],
        "charges": [charge(s, "X", at(d, h)) for s, k, d, h in marks if k == "x"],
        "events": [event(s, "y", at(d, h)) for s, k, d, h in marks if k == "y"],
    }
    with judged(rows, [LIMITED]) as engine:
        found = engine.frame("select stay_id, step, status from adherence")
    return {(s, step): status for s, step, status in found.itertuples(index=False, name=None)}


@settings(max_examples=4, deadline=None)
@given(HUNDRED, st.randoms(use_true_random=False))
def test_the_order_of_lines_is_no_matter(stays, random):
    assert adherence_of(stays) == adherence_of([random.sample(marks, len(marks)) for marks in stays])


@settings(max_examples=4, deadline=None)
@given(HUNDRED)
def test_days_and_limits_as_counted_by_hand(stays):
    found = adherence_of(stays)
    for n, marks in enumerate(stays):
        done = sorted((d, h) for k, d, h in marks if k == "x")
        inside = [mark for mark in done if mark[0] >= 2] or done
        times = len(inside)
        expected = "omitted" if times < 2 else "repeated" if times > 3 else "done" if inside[0][0] <= 3 else "late"
        assert found[f"s{n}", "x"] == expected


def test_what_is_charged_after_the_period_is_not_seen():
    rows = {
        "stays": [stay("s")],
        "charges": [charge("s", "X", at(2), 2), charge("s", "X", at(40), -2, refund_of="sX0208002")],
    }
    with judged(rows, [pathway({"x": {"items": {"X": 2}}})], END) as engine:
        assert statuses(engine, "x") == {"s": "done"}
