"""The planted truth of the demonstration hospital is for tests and benchmarks only: nothing else may read it."""

import re

from tracked import ROOT, text_of, tracked

ROOMS = ("src/", "notebooks/", "parameters/")
WRITERS = ("src/analysis/demo/", "src/analysis/cli.py", "parameters/demo/")
TRUTH = re.compile(r"\btruth\b|['\"/]truth[/'\"]", re.IGNORECASE)


def test_no_engine_notebook_or_report_mentions_the_truth():
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(ROOMS) and not name.startswith(WRITERS) and TRUTH.search(text_of(path) or ""):
            found.append(name)
    assert found == []
