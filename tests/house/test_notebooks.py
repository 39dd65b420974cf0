"""Notebooks are stored without outputs and carry no traces of the machine they were written on."""

import json

from tracked import ROOT, tracked

KEPT_METADATA = {"kernelspec", "language_info"}


def test_notebooks_are_stripped():
    dirty = []
    for path in tracked():
        if path.suffix != ".ipynb":
            continue
        notebook = json.loads(path.read_text("utf8"))
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        if any(cell["outputs"] or cell["execution_count"] is not None for cell in code):
            dirty.append(f"{path.relative_to(ROOT)}: outputs (run nbstripout)")
        if extra := set(notebook["metadata"]) - KEPT_METADATA:
            dirty.append(f"{path.relative_to(ROOT)}: metadata {sorted(extra)}")
    assert dirty == []
