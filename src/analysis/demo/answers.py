"""What people say and decide: surveys, answers to denials, checked coding, resolutions, achievements, peers."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo import stories
from analysis.demo.coding import Checked
from analysis.demo.identities import spoken
from analysis.demo.insurance import Settled
from analysis.demo.listed import Drg
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
                    "finding_id": col.lettered("N", number[rows], 8),
                    "status": col.constant(status, len(rows)),
                    "by": col.chosen(who, stays.department[denials["stay"][rows]]),
                    "at": col.times(at[rows]),
                    "note": spoken(
                        world, number[rows], col.chosen([_NOTES.get(status)], np.zeros(len(rows), np.int64))
                    ),
                },
            )
        )
    return pa.concat_tables(parts)


def coding_samples_table(world: World, stays: Stays, settled: Settled, pages: dict[int, Checked]) -> pa.Table:
    """Checked front pages of a sample of discharges: principal diagnosis, procedures, secondary diagnoses.

    What the coding stories planted is found; the small errors beside them never change the group: another code of the
    same kind, or a missing comorbidity.
    """
    rows = []
    for stay in np.flatnonzero(sampled(world, stays.number) & settled.discharged).tolist():
        number = int(stays.number[stay])
        diagnoses, recorded, done, coded = pages[number]
        found = _planted(diagnoses, recorded, done, coded)
        if not found:
            found = _small_errors(world, number, diagnoses, world.drgs[stays.drg[stay]])
        day = min(int(settled.day[stay]) + 6, world.end_day - 1)
        rows += [
            {
                "stay_id": f"S{number:08d}", "aspect": aspect, "code": code, "recorded_code": other,
                "correct": right, "sampled_on": date(1970, 1, 1) + timedelta(days=day), "by": "病案科",
            }
            for aspect, code, other, right in found
        ]  # fmt: skip
    return col.rows_table("coding_samples", rows)


def _planted(diagnoses: list[str], recorded: list[str], done: list[str], coded: list[str]) -> list[tuple]:
    """Aspect, right code, recorded code, right: of a front page that differs from the truth; else nothing."""
    if diagnoses == recorded and done == coded:
        return []
    found = [("principal_diagnosis", diagnoses[0], recorded[0], diagnoses[0] == recorded[0])]
    found += [("procedure", code, code if code in coded else None, code in coded) for code in done]
    found += [("complication", code, None, False) for code in diagnoses[1:] if code not in recorded]
    found += [("complication", code, code, False) for code in recorded[1:] if code not in diagnoses]
    return found


def _small_errors(world: World, number: int, diagnoses: list[str], drg: Drg) -> list[tuple]:
    found = []
    other = next((code for code in drg.diagnoses if code != diagnoses[0]), diagnoses[0])
    asked = [("principal_diagnosis", diagnoses[0], other)]
    asked.append(("complication", diagnoses[1] if len(diagnoses) > 1 else "E55.900", None))
    asked += [("procedure", code, None) for code, share, *_ in drg.procedures[:1] if share == 1]
    for aspect, code, instead in asked:
        u = world.uniform(f"sample.{aspect}", np.array([number]))[0]
        right = bool(u < world.parameters.records.coding_accuracy[aspect]) or instead == code
        true = code if right or instead is None else instead
        found.append((aspect, true, code if right or instead is not None else None, right))
    return found


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
