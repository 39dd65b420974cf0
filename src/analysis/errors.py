"""The one error a user sees: what is wrong, where, the first rows, and how to mend it."""

from collections.abc import Sequence


class InputError(Exception):
    """Data or a parameter is wrong (exit code 1).

    Parameters
    ----------
    what : what is wrong, in one sentence.
    where : file, table and column, or file and key.
    rows : the first offending rows, already as text.
    mend : what the user can do.
    """

    def __init__(self, what: str, *, where: str = "", rows: Sequence[str] = (), mend: str = ""):
        self.what, self.where, self.rows, self.mend = what, where, tuple(rows), mend
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        lines += [f"  row:   {row}" for row in self.rows]
        if self.mend:
            lines.append(f"  mend:  {self.mend}")
        return "\n".join(lines)
