"""What a user is told when a database cannot be reached or a query does not run: never with a secret in it."""

import difflib
import re
from collections.abc import Sequence

from analysis.errors import InputError
from analysis.sources.database_address import Address

NO_DRIVER = "the driver of this kind of database is not installed"
_READ_ONLY = "a source is only read: give one SELECT, without parts that write"

#: Words of a driver's message -> what is wrong, how to mend it. Messages in other languages get the general sentence.
_CONNECTING = (
    ("password authentication|access denied|login failed|invalid username/password|no password supplied", "login"),
    ("translate host|not known|getaddrinfo|resolve", "host"),
    ("refused|timeout|timed out|unreachable|no response|can't connect", "silent"),
    ("database .* does not exist|unknown database|cannot open database|unable to open", "database"),
    ("pg_hba|ssl", "policy"),
)
_TOLD = {
    "login": ("the database refuses user or password", "check the environment variable that holds them"),
    "host": ("the database server is not known by this name", "check the host in the address, or name it by its IP"),
    "silent": ("the database server does not answer", "check host and port, the firewall, and that it is running"),
    "database": ("the server has no such database", "check the name at the end of the address"),
    "policy": ("the server does not accept this connection", "ask its administrator to admit this machine and account"),
    "": ("the database cannot be connected to", "check the address, the account and the network"),
}


def cannot_connect(address: Address, where: str, message: str) -> InputError:
    """No connection: wrong account, unknown host, no answer, no such database."""
    kind = next((kind for words, kind in _CONNECTING if re.search(words, message, re.IGNORECASE)), "")
    what, mend = _TOLD[kind]
    return InputError(what, where=f"{where} ({address.shown})", rows=[address.without_secrets(message)], mend=mend)


def query_failed(address: Address, where: str, what: str, message: str, tables: Sequence[str] = ()) -> InputError:
    """A query that does not run; `tables` are those of the database, of which the nearest are named."""
    mend = "correct the query in the spec (the SQL of the database itself)"
    if tables:
        mend = f"tables there: {', '.join(_nearest(message, tables))}"
    elif "write" in what:
        mend = _READ_ONLY
    elif "may not" in what:
        mend = "ask the administrator for the right to read it (GRANT SELECT)"
    return InputError(
        what or "the query does not run",
        where=f"{where} ({address.shown})",
        rows=[address.without_secrets(message)],
        mend=mend,
    )


def no_zone(column: str, where: str) -> InputError:
    """Times with a zone, and nobody said by which clock they are to be read."""
    return InputError(
        f"column {column} holds times with a time zone",
        where=where,
        mend="set `time_zone: Asia/Shanghai` (the hospital's clock) for the database in the spec",
    )


def check_names(names: Sequence[str], where: str) -> None:
    """Every column needs a name of its own, because the tables' SELECTs use them."""
    repeated = [name for number, name in enumerate(names) if name.lower() in map(str.lower, names[:number])]
    unnamed = [name for name in names if not name or name == "?column?" or name in ("_file", "_row")]
    if repeated or unnamed:
        name = (repeated or unnamed)[0]
        raise InputError(
            f"the query gives two columns called {name}" if repeated else f"{name!r} is no name for a column",
            where=where,
            mend="give every column a name of its own: select a.id as stay_id, ...",
        )


def _nearest(message: str, tables: Sequence[str]) -> list[str]:
    asked = re.search(r"[\"'«“]([^\"'»”]+)[\"'»”]", message)
    bare = {name: name.rpartition(".")[2] for name in tables}
    wanted = asked[1].rpartition(".")[2] if asked else ""
    near = difflib.get_close_matches(wanted, bare.values(), n=5, cutoff=0.5)
    return [name for name in tables if bare[name] in near] or list(tables[:12])
