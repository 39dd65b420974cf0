"""The parameter files a hospital is closed with, read and checked together."""

from dataclasses import dataclass
from pathlib import Path

from analysis.closing.targets import Targets
from analysis.costing.scheme import CostingScheme
from analysis.hospital import Hospital
from analysis.settings import ClosingSettings, parameters_folder, read_settings


@dataclass(frozen=True)
class Parameters:
    """`text` is the content of all files, for the run id; `scheme` is None where the settings name none."""

    folder: Path
    settings: ClosingSettings
    scheme: CostingScheme | None
    targets: Targets
    text: str


def read_parameters(hospital: Hospital) -> Parameters:
    """Files named by the source card: parameters/closing/NAME.yaml and what it names."""
    folder = parameters_folder()
    files = [folder / "closing" / f"{hospital.card.closing}.yaml"]
    settings = read_settings(files[0], ClosingSettings)
    scheme, targets = None, Targets(targets=[])
    if settings.costing:
        files.append(folder / "costing" / f"{settings.costing}.yaml")
        scheme = read_settings(files[-1], CostingScheme)
    if settings.targets:
        files.append(folder / "targets" / f"{settings.targets}.yaml")
        targets = read_settings(files[-1], Targets)
    files += [folder / "payment" / f"{name}.yaml" for name in settings.payment]
    text = "\n".join(f"{file.name}\n{file.read_text('utf8', errors='replace')}" for file in files if file.is_file())
    return Parameters(folder, settings, scheme, targets, text)
