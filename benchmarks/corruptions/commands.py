"""A command of the workbench run in this process, with the command line's own handling of errors."""

import contextlib
import io
import sys
import traceback
from dataclasses import dataclass

from analysis import cli


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, all that was printed, and the traceback where nobody caught an error."""

    code: int
    text: str
    traceback: str = ""

    @property
    def clear(self) -> bool:
        """True for an error as a user should see one: what, and how to mend it."""
        return self.code == 1 and not self.traceback and "error: " in self.text and "  mend:  " in self.text


def command(*words: str) -> Ended:
    """Run `workbench WORDS`."""
    said, before = io.StringIO(), sys.argv
    sys.argv = ["workbench", *words]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            cli.main()
        return Ended(0, said.getvalue())
    except SystemExit as ended:
        return Ended(int(ended.code or 0), said.getvalue())
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Ended(3, said.getvalue(), traceback.format_exc())
    finally:
        sys.argv = before
