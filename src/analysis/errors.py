"""The one error a user sees: what is wrong, where, the first rows, and how to mend it."""

import errno
from collections.abc import Sequence

_WRITABLE = "choose a folder you may write to; close the file in other programs such as Excel"
_ROOM = "make room on the disk, or choose a folder on another one"
#: errno -> what is wrong, how to mend it.
_FAULTS = {
    errno.EACCES: ("no permission, or the file is open in another program", _WRITABLE),
    errno.EPERM: ("no permission, or the file is open in another program", _WRITABLE),
    errno.EROFS: ("the disk can only be read", _WRITABLE),
    errno.ENOSPC: ("the disk is full", _ROOM),
    errno.EFBIG: ("the file would be larger than the system allows", _ROOM),
    errno.EDQUOT: ("the disk space allotted to you is full", _ROOM),
    errno.ENOTDIR: ("a file stands where a folder is needed", "choose another folder, or move the file away"),
    errno.EEXIST: ("a file stands where a folder is needed", "choose another folder, or move the file away"),
    errno.EISDIR: ("a folder stands where a file is needed", "name a file, or move the folder away"),
    errno.ENOENT: ("file or folder not found", "check its name; nobody may move it while the command runs"),
    errno.ENAMETOOLONG: ("the name of the file is too long", "choose a folder with a shorter path"),
}


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


def blocked(error: OSError, where: str = "") -> InputError:
    """What the operating system refused, as the error a user sees.

    Parameters
    ----------
    where : the file, where the system's error does not name it.
    """
    reason = (error.strerror or str(error) or type(error).__name__).strip().splitlines()[0]
    unknown = (
        "a file cannot be read or written",
        "check the file and the disk; a damaged file has to be written again by what made it",
    )
    what, mend = _FAULTS.get(error.errno or 0, unknown)
    return InputError(what, where=str(error.filename or where), rows=[reason[:200]], mend=mend)
