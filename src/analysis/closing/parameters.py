"""The parameter files a hospital is closed with, read and checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow.parquet as pq

from analysis.audit.rule_files import RuleSet, read_rules
from analysis.closing.targets import Targets
from analysis.costing.scheme import CostingScheme
from analysis.costing.standard_costs import StandardCosts
from analysis.hospital import Hospital
from analysis.pathways.library import read_library
from analysis.pathways.library_rows import judged_text
from analysis.pathways.model import Pathway
from analysis.payment.caps import Caps
from analysis.rootcause.settings import RootCause
from analysis.settings import ClosingSettings, S, parameters_folder, read_settings

D = TypeVar("D")


@dataclass(frozen=True)
class Parameters:
    """`text` is the content of all files (of pathways: what is judged), for the run id; `scheme` may be None."""

    folder: Path
    settings: ClosingSettings
    scheme: CostingScheme | None
    targets: Targets
    caps: Caps
    standard_costs: StandardCosts
    rules: RuleSet
    rootcause: RootCause
    pathways: Mapping[str, Pathway]
    text: str


def read_parameters(hospital: Hospital) -> Parameters:
    """Files named by the source card: parameters/closing/NAME.yaml and what it names."""
    folder = parameters_folder()
    files = [folder / "closing" / f"{hospital.card.closing}.yaml"]
    settings = read_settings(files[0], ClosingSettings)

    def named(kind: type[S], name: str, default: D) -> S | D:
        if not name:
            return default
        files.append(folder / _FOLDERS[kind] / f"{name}.yaml")
        return read_settings(files[-1], kind)

    scheme = named(CostingScheme, settings.costing, None)
    targets = named(Targets, settings.targets, Targets(targets=[]))
    caps = named(Caps, settings.caps, Caps(name="", source=""))
    standards = named(StandardCosts, settings.standard_costs, StandardCosts(name="", source=""))
    rootcause = named(RootCause, settings.rootcause, RootCause())
    files += [folder / "payment" / f"{name}.yaml" for name in settings.payment]
    text = "\n".join(f"{file.name}\n{file.read_text('utf8', errors='replace')}" for file in files if file.is_file())
    items = _items(hospital) if settings.rules or settings.pathways else None
    rules = read_rules(settings.rules, folder / "rules", items)
    pathways = read_library(folder / settings.pathways, items) if settings.pathways else {}
    text = f"{text}\n{rules.text}\n{judged_text(pathways)}"
    return Parameters(folder, settings, scheme, targets, caps, standards, rules, rootcause, pathways, text)


def _items(hospital: Hospital) -> set[str] | None:
    """The hospital's item codes; None where it has no table of them."""
    files = hospital.files("items")
    hospital.check(files)
    codes = [code for file in files for code in pq.read_table(file, columns=["item_code"])["item_code"].to_pylist()]
    return set(codes) if files else None


_FOLDERS: dict[type, str] = {
    CostingScheme: "costing",
    Targets: "targets",
    Caps: "caps",
    StandardCosts: "standard_costs",
    RootCause: "rootcause",
}
