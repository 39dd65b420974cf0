"""What `workbench rules` does: workbooks into rules, a rule file checked, two compared."""

from collections import Counter
from pathlib import Path

from analysis.audit.crosswalk import crosswalk_report, crosswalk_said
from analysis.audit.national import counts_said, import_national
from analysis.audit.national_terms import read_terms
from analysis.audit.rule_diff import rule_diff
from analysis.audit.rule_files import RuleSet, read_rules
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.hospital import open_hospital
from analysis.settings import parameters_folder


def import_workbooks(folder: Path, out: Path) -> list[str]:
    """Read the published workbooks of a folder and write them as a folder of rules; says what was read of each file."""
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), mend="name the folder of the published .xlsx files")
    if out.is_dir() and any(out.iterdir()) and not (out / "rules.csv").exists():
        raise InputError("the folder holds something else", where=str(out), mend="name another folder with --out")
    rules = import_national(folder, read_terms(parameters_folder()))
    rules.write(out)
    read_rules([out.name], out.parent)
    return [*counts_said(rules), f"wrote {out} (what is no rule, or only in part: left_out.csv)"]


def check_file(path: Path, data: Path | None = None) -> list[str]:
    """Check a rule file, with a hospital's items where its data folder is given; says what is in it."""
    if data is None:
        return _said(_one(path))
    hospital = open_hospital(data)
    with Engine() as engine:
        hospital.attach(engine)
        items = engine.frame("select item_code from items")["item_code"]
        rules = _one(path, set(items))
        gaps = crosswalk_said(crosswalk_report(engine, rules.rules)) if any(r.national for r in rules.rules) else []
    return [*_said(rules), *gaps]


def compare_files(before: Path, after: Path) -> list[str]:
    """Say what changed from one rule file to another."""
    rows = rule_diff(_one(before).rules, _one(after).rules)
    lines = [f"{r.rule} ({r.version}) {r.field}: {r.before or '-'} -> {r.after or '-'}" for r in rows.itertuples()]
    return lines or ["no rule differs"]


def _one(path: Path, items: set[str] | None = None) -> RuleSet:
    return read_rules([path.stem if path.suffix == ".yaml" else path.name], path.parent, items)


def _said(rules: RuleSet) -> list[str]:
    by_template = Counter(rule.template for rule in rules.rules)
    by_status = Counter(rule.status for rule in rules.rules)
    return [
        f"{len(rules.rules):,} rules: " + ", ".join(f"{n:,} {status}" for status, n in sorted(by_status.items())),
        "templates: " + ", ".join(f"{n:,} {template}" for template, n in sorted(by_template.items())),
    ]
