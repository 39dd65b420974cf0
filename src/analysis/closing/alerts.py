"""Alerts of a period: costs near their standard; stays far over their pathway's; shifts and outliers among peers."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.audit.near_standard import near_standard_alerts
from analysis.audit.peers import peer_alerts
from analysis.audit.shifts import COLUMNS, baseline_of, shift_alerts, since
from analysis.closed_period import sound_table
from analysis.closing.history import closed_rows, months_before
from analysis.contract import period_tables
from analysis.engine import Engine
from analysis.pathways.variance import over_standard_alerts
from analysis.periods import Period

_CASES = ["stay_id", "hospital_id", "department", "physician_id", "drg_code", "charge_total", "charge_drug"]
_CASES += ["charge_consumable", "charge_exam", "charge_service", "charge_other"]


def make_alerts(engine: Engine, folder: Path, first: Period, period: Period, on_pathways: bool) -> None:
    """Make table `alerts`; reads the period's own tables in the engine.

    Parameters
    ----------
    folder : outputs/NAME; every period from `first` to the one before `period` is closed there.
    on_pathways : whether adherence to pathways was judged.
    """
    parts = [near_standard_alerts(engine)]
    if on_pathways:
        parts.append(over_standard_alerts(engine, period.end))
    baseline = baseline_of(period, first)
    if baseline:
        _put_history(engine, folder, (baseline[0], period), since(baseline).previous)
        parts += [shift_alerts(engine, baseline, period), peer_alerts(engine, baseline, period)]
        for name in ("case_history", "finding_history", "shift_stays", "shift_lines"):
            engine.drop(name)
    rows = pd.concat([part.astype(object) for part in parts if len(part)] or [parts[0]], ignore_index=True)
    engine.put("alerts", pa.Table.from_pylist(_plain(rows), period_tables()["alerts"].arrow_schema()))


def _put_history(engine: Engine, folder: Path, reach: tuple[Period, Period], items_from: Period) -> None:
    """Cases and findings of the closed months and, last, the period itself, with a column `period`; past_items, a view.

    Items are many and read only where something shifted: they stay in their files.
    """
    months = months_before(*reach)
    engine.scan("past_items", [sound_table(folder, month, "case_items") for month in months if month >= items_from])
    for name, table, columns in (
        ("case_history", "cases", _CASES),
        ("finding_history", "findings", ["finding_id", "rule_id", "outcome", "stay_id", "physician_id"]),
    ):
        past = [_dated(closed_rows(folder, month, table, columns).select(columns), month) for month in months]
        listed = ", ".join(f'"{column}"' for column in columns)
        now = engine.arrow(f'select {listed} from "{table}"').cast(past[0].drop_columns("period").schema)
        engine.put(name, pa.concat_tables([*past, _dated(now, reach[1])]))


def _dated(rows: pa.Table, month: Period) -> pa.Table:
    return rows.append_column("period", pa.array([month.name] * rows.num_rows, pa.string()))


def _plain(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as the schema takes them: what is not known is empty."""
    return [{name: None if pd.isna(row[name]) else row[name] for name in COLUMNS} for row in rows.to_dict("records")]
