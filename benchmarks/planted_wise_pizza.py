"""The same planted cases for wise-pizza (PyPI, MIT), in an environment of its own: which segment does it find first?

    python -m benchmarks.planted_wise_pizza write FOLDER            in this project's environment: cases as Parquet
    python benchmarks/planted_wise_pizza.py find FOLDER             in one with wise-pizza (0.2.9), pandas, pyarrow

It knows segments, not use rates, quantities or prices, so it is asked twice, each time in its own best form. Lines of
elements (and of payment, negative) by element and severity, size = cases that have them: explain_changes_in_totals with
the change from segment size or segment average told apart. Cases by severity, complication, coding, longest wait and
physician: explain_changes_in_average. A plant counts as found where the first segment names its subject in any way.
"""

import json
import sys
from pathlib import Path

import pandas as pd

ITEM_DIMS = ["element", "severity"]
CASE_DIMS = ["severity", "complication", "coding", "wait", "physician"]
#: Kinds found among lines of elements; the others among cases.
OF_ITEMS = {"use_rate", "quantity", "price", "substitution", "payment"}


def write(folder: Path, seeds: range) -> None:
    """Hospitals with one plant each, kinds in turn: lines.parquet, cases.parquet and the engine's own answers."""
    from benchmarks.planted_causes import KINDS, make_planted
    from benchmarks.planted_judged import answers, explain_planted

    lines, cases, truth = [], [], []
    for seed in seeds:
        planted = make_planted(seed, [KINDS[seed % len(KINDS)]], "own_past")
        told = answers(explain_planted(planted), planted)[0]
        truth.append({"seed": seed, **told.__dict__, "practitioners": planted.practitioners})
        for period, sample in (("now", planted.actual), ("before", planted.baseline)):
            attributes = {"seed": seed, "period": period}
            lines.append(_lines(sample).assign(**attributes))
            cases.append(_cases(sample).assign(**attributes))
    folder.mkdir(parents=True, exist_ok=True)
    pd.concat(lines).to_parquet(folder / "lines.parquet", index=False)
    pd.concat(cases).to_parquet(folder / "cases.parquet", index=False)
    (folder / "truth.json").write_text(json.dumps(truth))


def _lines(sample) -> pd.DataFrame:
    """One row element x severity: cost and cases that have it."""
    rows = sample.elements.groupby(["case", "element"], as_index=False)["cost"].sum()
    payment = pd.DataFrame({"case": sample.cases.index, "element": "payment", "cost": -sample.cases["payment"]})
    rows = pd.concat([rows, payment], ignore_index=True)
    rows["severity"] = sample.cases["severity"].to_numpy()[rows["case"]]
    return rows.groupby(ITEM_DIMS, as_index=False).agg(total=("cost", "sum"), size=("cost", "size"))


def _cases(sample) -> pd.DataFrame:
    cases = sample.cases
    longest = sample.waits.sort_values("days").groupby("case")["reason"].last().reindex(cases.index).fillna("none")
    return pd.DataFrame({
        "severity": cases["severity"], "complication": cases["complication"].map({0: "no", 1: "yes"}),
        "coding": cases["coding_flag"].map({False: "no", True: "yes"}), "wait": longest,
        "physician": cases["physician_id"], "total": cases["cost"], "size": 1.0,
    })  # fmt: skip


def find(folder: Path) -> pd.DataFrame:
    """One row a hospital: what was planted, whether the first segment names it, and the money of that segment."""
    lines, cases = (pd.read_parquet(folder / f"{name}.parquet") for name in ("lines", "cases"))
    found = []
    for plant in json.loads((folder / "truth.json").read_text()):
        frame = cases[cases["seed"] == plant["seed"]]
        count = frame["period"].value_counts()
        if plant["kind"] in OF_ITEMS:
            frame = lines[lines["seed"] == plant["seed"]]
        segment, money = _first(frame, plant["kind"] in OF_ITEMS, count)
        names = _names(plant)
        right = any(value in names.get(key, ()) for key, value in segment.items())
        found.append({**plant, "segment": segment, "wise_first": right, "wise_money": money})
    return pd.DataFrame(found)


def _first(frame: pd.DataFrame, of_items: bool, count: pd.Series) -> tuple[dict, float]:
    """First segment and its impact in CNY over the cases of now."""
    from wise_pizza.explain import explain_changes_in_average, explain_changes_in_totals

    before, now = (frame[frame["period"] == period] for period in ("before", "now"))
    options = {"total_name": "total", "size_name": "size", "max_depth": 2, "max_segments": 3}
    if not of_items:
        model = explain_changes_in_average(before, now, CASE_DIMS, how="totals", **options)
        return model.segments[0]["segment"], model.segments[0]["impact"] * count["now"]
    scale = count["now"] / count["before"]
    before = before.assign(total=before["total"] * scale, size=before["size"] * scale)
    model = explain_changes_in_totals(before, now, ITEM_DIMS, how="force_dim", **options)
    return model.segments[0]["segment"], model.segments[0]["impact"]


def _names(plant: dict) -> dict[str, tuple[str, ...]]:
    """Values of dimensions that name a plant."""
    subject = plant["subject"]
    return {
        "mix": {"severity": ("1", "3")}, "complication": {"complication": ("yes", "no")},
        "coding": {"coding": ("yes", "no")}, "stay": {"wait": (subject,)}, "payment": {"element": ("payment",)},
        "physician": {"physician": tuple(plant["practitioners"])},
    }.get(plant["kind"], {"element": (subject, f"{subject}i", f"{subject}d")})  # fmt: skip


def _table(found: pd.DataFrame) -> str:
    """Markdown by kind: first right and median money error of both, in percent of the truth."""
    lines = ["| planted | hospitals | first right: workbench | wise-pizza | money error: workbench | wise-pizza |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for kind, rows in [*found.groupby("kind", sort=False), ("all", found)]:
        ours, theirs = (100 * (rows[name] / rows["truth"] - 1).abs().median() for name in ("amount", "wise_money"))
        lines.append(f"| {kind} | {len(rows)} | {100 * rows['first'].mean():.0f} % | "
                     f"{100 * rows['wise_first'].mean():.0f} % | {ours:.0f} % | {theirs:.0f} % |")  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), range(60_000, 60_100))
    else:
        print(_table(find(Path(sys.argv[2]))))
