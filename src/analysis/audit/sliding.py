"""More than a limit in any span of so many hours or days: what exceeds it, line by line.

Lines are taken in order of time. What is allowed of a line is what the limit leaves after all that was allowed of the
lines less than a span before it; the rest is excess. So an excess does not itself use up the limit of later days.
"""

from collections import deque
from itertools import groupby
from operator import itemgetter

import pandas as pd

_GROUP = itemgetter(0, 1, 2)


def excess_of_spans(lines: pd.DataFrame) -> pd.DataFrame:
    """Excess of lines.

    Parameters
    ----------
    lines : rule_no, encounter_id, item_code, line_id, at_second, quantity, limit_value, window_seconds; in order of
        rule, encounter, item and time.

    Returns
    -------
    rule_no, line_id, excess (> 0), total (quantity charged in the span that ends with the line).
    """
    rows = []
    for _, group in groupby(lines.itertuples(index=False, name=None), key=_GROUP):
        span: deque[tuple[float, float, float]] = deque()
        for rule_no, _, _, line_id, at, quantity, limit, window in group:
            while span and at - span[0][0] >= window:
                span.popleft()
            allowed = min(quantity, max(0.0, limit - sum(kept for _, kept, _ in span)))
            span.append((at, allowed, quantity))
            if allowed < quantity:
                rows.append((rule_no, line_id, quantity - allowed, sum(used for _, _, used in span)))
    found = pd.DataFrame(rows, columns=["rule_no", "line_id", "excess", "total"])
    return found.astype({"rule_no": "int64", "line_id": "str", "excess": "float64", "total": "float64"})
