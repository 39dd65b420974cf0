"""The parameters the hand hospital is closed with, and a way to write them to a project folder."""

from pathlib import Path

import yaml

PARAMETERS = {
    "closing/hand.yaml": {"costing": "hand", "payment": ["hand"], "targets": "hand"},
    "costing/hand.yaml": {
        "name": "hand",
        "source": "by hand",
        "steps": [
            {"number": 1, "from_class": "administration", "to_classes": ["technology", "clinical"], "driver": "staff"},
            {"number": 3, "from_class": "technology", "to_classes": ["clinical"], "driver": "orders"},
        ],
    },
    "payment/hand.yaml": {
        "name": "hand",
        "source": "by hand",
        "date": "2023-01-01",
        "assumptions": ["none"],
        "valid_from": "2023-01",
        "valid_to": "2023-12",
        "basis": "weight_rate",
        "rate": 5000,
        "outliers": {"low": 0.4, "high": 2.5},
    },
    "targets/hand.yaml": {
        "targets": [{"indicator": "cmi", "value": 1.0}, {"indicator": "readmission_30d", "value": 0.03}]
    },
}


def write_parameters(project: Path) -> None:
    """Write parameters/ of the hand hospital into a project folder."""
    for name, content in PARAMETERS.items():
        file = project / "parameters" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(content), "utf8")
