"""The same checks in pandas, as one would write them there: merges and group-bys over the month's lines, no loops."""

from collections.abc import Sequence

import pandas as pd

from analysis.audit.rules import Rule
from analysis.hospital import Hospital
from analysis.periods import Period

_COLUMNS = ["line_id", "stay_id", "order_id", "item_code", "charged_at", "quantity", "amount", "body_side", "refund_of"]
_SECONDS = {"hour": 3600.0, "six_hours": 21600.0}


def in_pandas(hospital: Hospital, period: Period, rules: Sequence[Rule]) -> int:
    """Lines judged by rules on pairs, frequencies (day, stay), items alone, and execution; without any condition."""
    stays = pd.read_parquet(hospital.files("stays")[0], columns=["stay_id", "admitted_at", "discharged_at"])
    stays = stays[(stays["discharged_at"] >= period.start) & (stays["discharged_at"] < period.end)]
    first = stays["admitted_at"].min()
    months = [Period(file.stem) for file in hospital.files("charges")]
    files = hospital.files("charges", [m for m in months if m.end > first and m <= period])
    lines = pd.concat([pd.read_parquet(file, columns=_COLUMNS) for file in files])
    lines = _net(lines[lines["stay_id"].isin(stays["stay_id"])])
    found = _pairs(lines, [r for r in rules if r.template == "pair"])
    found += _items(lines, [r for r in rules if r.template in ("attribute", "list")])
    found += _frequencies(lines, [r for r in rules if r.template == "frequency"])
    return found + (_never_ordered(hospital, lines, files) if any(r.template == "execution" for r in rules) else 0)


def _net(lines: pd.DataFrame) -> pd.DataFrame:
    lines = lines.astype({"quantity": "float64", "amount": "float64"})
    given = lines[lines["refund_of"].notna()].groupby("refund_of")["quantity"].sum()
    lines = lines[lines["refund_of"].isna()]
    lines = lines.assign(quantity=lines["quantity"] + lines["line_id"].map(given).fillna(0.0))
    return lines[lines["quantity"] > 0]


def _named(rules: Sequence[Rule]) -> pd.DataFrame:
    rows = [(r.id, r.window, r.limit, item) for r in rules for item in r.items]
    return pd.DataFrame(rows, columns=["rule", "window", "limit", "item_code"])


def _pairs(lines: pd.DataFrame, rules: Sequence[Rule]) -> int:
    rows = [(r.id, r.window, b, a) for r in rules for b in r.items for a in r.others if a != b]
    pairs = pd.DataFrame(rows, columns=["rule", "window", "item_code", "other"])
    judged = lines.merge(pairs, on="item_code")
    beside = lines[lines["item_code"].isin(pairs["other"])][["stay_id", "item_code", "charged_at", "body_side"]]
    beside = beside.set_axis(["stay_id", "other", "other_at", "other_side"], axis=1)
    met = judged.merge(beside, on=["stay_id", "other"])
    side = met["body_side"].isna() | met["other_side"].isna() | (met["body_side"] == met["other_side"])
    apart = (met["charged_at"] - met["other_at"]).dt.total_seconds().abs()
    days = pd.to_numeric(met["window"], errors="coerce") * 86400
    allowed = met["window"].map(_SECONDS).fillna(days).astype("float64")
    same_day = (met["window"] == "day") & (met["charged_at"].dt.date == met["other_at"].dt.date)
    met = met[side & ((met["window"] == "visit") | same_day | (apart <= allowed))]
    return len(met.drop_duplicates(["rule", "line_id"]))


def _items(lines: pd.DataFrame, rules: Sequence[Rule]) -> int:
    return len(lines.merge(_named(rules), on="item_code"))


def _frequencies(lines: pd.DataFrame, rules: Sequence[Rule]) -> int:
    used = lines.merge(_named(rules), on="item_code").sort_values(["charged_at", "line_id"])
    day = used["charged_at"].dt.strftime("%Y-%m-%d").where(used["window"] == "day", "")
    total = used.groupby([used["rule"], used["stay_id"], used["item_code"], day])["quantity"].cumsum()
    return int((total > used["limit"]).sum())


def _never_ordered(hospital: Hospital, lines: pd.DataFrame, files: Sequence) -> int:
    names = {file.name for file in files}
    read = [
        pd.read_parquet(f, columns=["stay_id", "item_code", "status"])
        for f in hospital.files("orders")
        if f.name in names
    ]
    orders = pd.concat(read)
    known = orders[orders["status"] != "cancelled"][["stay_id", "item_code"]].drop_duplicates()
    without = lines[lines["order_id"].isna()].merge(known, on=["stay_id", "item_code"], how="left", indicator=True)
    return int((without["_merge"] == "left_only").sum())
