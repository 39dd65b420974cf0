"""Canaries: invented identities where real tables carry them, which no page may ever show (a test looks for them)."""

import numpy as np
import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.world import World

#: Every canary holds this word: the bird, and an area code of the identity cards that is not given out.
CANARY = "金丝雀999999"


def patient_ids(world: World, person: np.ndarray) -> pa.Array:
    """Numbers of patients; a few are, as in some hospitals, a name and the number of an identity card."""
    plain = col.numbered("P", person, 8)
    rows = np.flatnonzero(world.uniform("canary", person) < world.parameters.settings.canaries)
    if not len(rows):
        return plain
    index = np.arange(len(person))
    index[rows] = len(person) + np.arange(len(rows))
    spoken = [f"{CANARY}19500101{number % 10_000:04d}" for number in person[rows].tolist()]
    return pa.concat_arrays([plain, pa.array(spoken, pa.string())]).take(pa.array(index))


def spoken(world: World, number: np.ndarray, words: pa.Array) -> pa.Array:
    """Free text of numbered things, a few of them naming the patient as people do."""
    named = world.uniform("canary.text", number) < 50 * world.parameters.settings.canaries
    texts = words.to_pylist()
    for row in np.flatnonzero(named).tolist():
        texts[row] = texts[row] and f"{texts[row]}（患者{CANARY}，电话199{number[row] % 100_000_000:08d}）"
    return pa.array(texts, pa.string())
