"""What people say and decide: surveys, answers to denials, checked coding, resolutions, achievements, peers."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.insurance import Settled
from analysis.demo.patients import Stays
from analysis.demo.staff import Physicians, physician_ids
from analysis.demo.world import DAY, RUN_IN, World

_NOTES = {
    "explained": "病情需要，已提交说明",
    "accepted": "科室确认",
    "rectified": "已整改并培训",
    "verified": "医保办核验",
}
_KINDS = ("paper", "grant", "technique")


def surveys_table(world: World) -> pa.Table:
    """Monthly scores of the hospital and of each clinical department."""
    rates, story = world.parameters.settings.survey, world.parameters.stories.roll_out.survey
    strength = np.minimum(stories.roll_out(world)[RUN_IN:], 1.05)
    weight = np.array([d.beds for d in world.parameters.departments], float)
    rows = []
    for question, added in story.items():
        noise = world.rng(f"survey.{question}").normal(0, 1, (len(world.months), world.clinical + 1))
        for month, period in enumerate(world.months):
            means = np.append(strength[month], strength[month] @ weight / weight.sum())
            scores = (
                getattr(rates, question) + added * means + noise[month] * np.append(np.full(world.clinical, 1.6), 0.3)
            )
            for k, score in enumerate(np.clip(scores, 0, 99.5)):
                whole = k == world.clinical
                scope, subject = ("hospital", world.hospital_id) if whole else ("department", world.departments[k])
                asked = rates.respondents * world.scale * (1 if whole else weight[k] / weight.sum())
                rows.append(
                    {
                        "hospital_id": world.hospital_id, "month": period.name, "scope": scope, "subject": subject,
                        "question": question, "respondents": max(5, round(asked)), "value": round(float(score), 1),
                    }
                )  # fmt: skip
    return col.rows_table("surveys", rows)


def reviews_table(world: World, stays: Stays, denials: dict[str, np.ndarray], heads: dict[int, str]) -> pa.Table:
    """Answers to denials: open, then explained, or accepted, rectified and verified, as far as the data reach."""
    spec, number = world.parameters.records.answers, denials["number"]
    explained = world.uniform("review.explained", number) < spec.explained
    pace = 0.5 + world.uniform("review.pace", number) * 1.2
    first = denials["day"] * DAY + 10 * 3600
    steps = [("open", first, np.ones(len(number), bool))]
    answered = first + (pace * spec.days[0]).astype(np.int64) * DAY + 3600
    steps.append(("explained", answered, explained))
    later = answered
    steps.append(("accepted", answered, ~explained))
    for status, days in (("rectified", spec.days[1]), ("verified", spec.days[2])):
        later = later + (pace * days).astype(np.int64) * DAY + 1800
        steps.append((status, later, ~explained))
    parts = []
    for status, at, taken in steps:
        rows = np.flatnonzero(taken & (at < world.end_day * DAY))
        who = ["医保办" if status in ("open", "verified") else heads.get(k) for k in range(world.clinical)]
        parts.append(
            col.table(
                "reviews",
                {
                    "kind": col.constant("denial", len(rows)),
                    "finding_id": col.numbered("N", number[rows], 8),
                    "status": col.constant(status, len(rows)),
                    "by": col.chosen(who, stays.department[denials["stay"][rows]]),
                    "at": col.times(at[rows]),
                    "note": col.chosen([_NOTES.get(status)], np.zeros(len(rows), np.int64)),
                },
            )
        )
    return pa.concat_tables(parts)


def coding_samples_table(world: World, stays: Stays, settled: Settled, recorded: dict[str, np.ndarray]) -> pa.Table:
    """Checked front pages: principal diagnosis, first procedure and a secondary diagnosis of a sample of discharges.

    What a checker finds wrong here never changes the group: another code of the same kind, or a missing comorbidity.
    """
    checked = np.flatnonzero(sampled(world, stays.number) & settled.discharged)
    listed = [d.code for d in world.parameters.diagnoses]
    rows = []
    for stay in checked.tolist():
        codes = [listed[c] for c in recorded["code"][recorded["stay"] == stays.number[stay]]]
        drg = world.drgs[stays.drg[stay]]
        found = [("principal_diagnosis", codes[0], next((c for c in drg.diagnoses if c != codes[0]), codes[0]))]
        found.append(("complication", codes[1] if len(codes) > 1 else "E55.900", None))
        found += [("procedure", code, None) for code, share, *_ in drg.procedures[:1] if share == 1]
        rows += _checked(world, int(stays.number[stay]), int(settled.day[stay]), found)
    return col.rows_table("coding_samples", rows)


def sampled(world: World, stays: np.ndarray) -> np.ndarray:
    """Which stays (by number) the checkers of the coding look at."""
    return world.uniform("sample", stays) < world.parameters.records.sampled


def resolutions_table(world: World) -> pa.Table:
    last = date(1970, 1, 1) + timedelta(days=world.end_day)
    rows = [
        {
            "resolution_id": f"RS{number:03d}", "hospital_id": world.hospital_id, "decided_on": r.decided,
            "resolution": r.text, "resolution_en": r.text_en, "owner": r.owner, "due_on": r.due,
            "done_on": r.done if r.done and r.done < last else None,
        }
        for number, r in enumerate(world.parameters.records.resolutions, start=1)
        if r.decided < last
    ]  # fmt: skip
    return col.rows_table("resolutions", rows)


def achievements_table(world: World, physicians: Physicians) -> pa.Table:
    """Papers, grants and techniques, more of them by senior physicians."""
    rng = world.rng("achievements")
    days = world.end_day - world.data_day
    rate = np.array([0.15, 0.35, 0.7, 1.0])[physicians.title] * days / 365
    owner = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    kind = rng.choice(3, len(owner), p=[0.7, 0.16, 0.14])
    points = np.array([4.0, 10.0, 8.0])[kind] * np.round(rng.uniform(0.5, 2, len(owner)), 1)
    return col.table(
        "achievements",
        {
            "achievement_id": col.numbered("AC", np.arange(1, len(owner) + 1), 5),
            "physician_id": col.chosen(physician_ids(len(rate)), owner),
            "achieved_on": col.dates(world.data_day + (rng.random(len(owner)) * days).astype(np.int64)),
            "kind": col.chosen(_KINDS, kind),
            "points": col.numbers(np.round(points, 1)),
        },
    )


def peer_indicators_table(world: World) -> pa.Table:
    rows = [
        {"year": year, "indicator": indicator, "value": value, "source": "示范数据：全省三级综合医院均值（假设）"}
        for indicator, values in world.parameters.records.peers.items()
        for year, value in values.items()
    ]
    return col.rows_table("peer_indicators", rows)


def _checked(world: World, number: int, settled_day: int, found: list[tuple[str, str, str | None]]) -> list[dict]:
    day = date(1970, 1, 1) + timedelta(days=settled_day)
    rows = []
    for nth, (aspect, code, instead) in enumerate(found):
        u = world.uniform(f"sample.{aspect}", np.array([number]))[0]
        right = bool(u < world.parameters.records.coding_accuracy[aspect]) or (nth == 0 and instead == code)
        rows.append(
            {
                "stay_id": f"S{number:08d}", "aspect": aspect, "code": code if right or instead is None else instead,
                "recorded_code": code if right or instead is not None else None, "correct": right,
                "sampled_on": min(day + timedelta(days=6), date(1970, 1, 1) + timedelta(days=world.end_day - 1)),
                "by": "病案科",
            }
        )  # fmt: skip
    return rows
