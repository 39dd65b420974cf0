"""Notebooks run and rendered: HTML, PDF, Excel, the index of a period and its manifest."""

import sys

# jsonschema, which checks the form of notebooks, would build a grammar of international addresses on import: 2.4 of
# the 3 seconds that importing papermill takes, for a check that no notebook needs. Without the package it does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
