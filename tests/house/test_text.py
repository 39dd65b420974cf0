"""No machine's paths, no registry's address, no unfinished marks in what is committed."""

import re

from tracked import ROOT, text_of, tracked

#: What must not stand in a tracked file; written so that this file does not match itself.
FORBIDDEN = {
    "machine path": r"/(?:wor[k]|roo[t]|hom[e]|tm[p])/\w",
    "package registry": r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|anacond[a]\.(?:org|com)|debia[n]\.org",
    "unfinished mark": r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|\bNotImplementedErro[r]|lorem ipsu[m]",
    "assistant": r"(?i)chatgp[t]|\bclaud[e]\b|anthropi[c]|\bopena[i]\b|copilo[t]|as an ai languag[e]",
}
#: Names of files that no repository should carry.
UNWANTED = re.compile(r"\.(?:parquet|xlsx|pdf|pyc|env|pem|key)$|(?:^|/)\.env$")


def test_no_forbidden_text():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {kind}"
        for path in tracked()
        if (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), 1)
        for kind, pattern in FORBIDDEN.items()
        if re.search(pattern, line)
    ]
    assert found == []


def test_no_data_or_outputs_are_tracked():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [n for n in names if n.startswith(("data/", "outputs/")) and not n.endswith("/README.md")] == []
    assert [n for n in names if UNWANTED.search(n)] == []


def test_the_patterns_find_what_they_are_for():
    """A pattern that matches nothing would pass every file."""
    samples = {
        "machine path": "/" + "work/main/x",
        "package registry": "https://py" + "pi.org/simple",
        "unfinished mark": "# TO" + "DO: later",
        "assistant": "Clau" + "de wrote this",
    }
    assert {kind for kind, text in samples.items() if re.search(FORBIDDEN[kind], text)} == set(FORBIDDEN)
