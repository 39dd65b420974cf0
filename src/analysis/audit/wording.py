"""What a finding says: the rule's text with the facts put in. A fact that is not known is shown as a dash."""

import re
from typing import Any

import pandas as pd

from analysis.vocabulary import LANGUAGES, Language, label

_UNKNOWN = "—"
_LACKING: dict[Language, str] = {"zh": "判定依据缺失，暂不判定：", "en": "Evidence is lacking, not judged: "}
_PLACE = re.compile(r"\{(item|other|count|limit|value|day|amount)\}")


def explained(told: pd.DataFrame) -> pd.DataFrame:
    """Explanations of findings.

    Parameters
    ----------
    told : a row a finding: finding_id, said_zh, said_en, item_*, other_*, count, limit_value, value, sex, code,
        concerned, outcome, service_date.

    Returns
    -------
    finding_id, explanation_zh, explanation_en.
    """
    found = {"finding_id": told["finding_id"].astype("str")}
    rows = told.to_dict("records")
    for language in LANGUAGES:
        found[f"explanation_{language}"] = [_said(row, language) for row in rows]
    return pd.DataFrame(found).astype("str")


def _said(row: dict[str, Any], language: Language) -> str:
    def fact(place: re.Match[str]) -> str:
        name = place[1]
        if name in ("item", "other"):
            return _text(row[f"{name}_{language}"])
        if name == "value" and not pd.isna(row["code"]):
            return str(row["code"])
        if name == "value" and pd.isna(row["value"]) and not pd.isna(row["sex"]):
            return label("sex", row["sex"], language)
        if name == "day":
            return f"{row['service_date']:%Y-%m-%d}"
        return _number({"limit": "limit_value", "amount": "concerned"}.get(name, name), row)

    said = _PLACE.sub(fact, row[f"said_{language}"])
    return said if row["outcome"] == "hit" else _LACKING[language] + said


def _text(value: Any) -> str:
    return _UNKNOWN if pd.isna(value) else str(value)


def _number(name: str, row: dict[str, Any]) -> str:
    """Money to the fen, other numbers as short as they are exact to two decimals."""
    value = row[name]
    if pd.isna(value):
        return _UNKNOWN
    return f"{value:,.2f}" if name == "concerned" else f"{value:.2f}".rstrip("0").rstrip(".")
