"""A PostgreSQL server for tests: a cluster of its own in a temporary folder, on a free port of this machine only.

PostgreSQL refuses to run as root: where the tests do, the server runs as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import adbc_driver_postgresql.dbapi

USER = "his_reader"
PASSWORD = "p@ss/w:rd#1 %"
_PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")


@dataclass(frozen=True)
class Server:
    """A running server; `url()` is the owner's address of a database."""

    port: int

    def url(self, database: str = "postgres", password: str = PASSWORD, user: str = USER) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> list[tuple]:
        """Run statements, each on its own; rows of the last where it gives any."""
        rows: list[tuple] = []
        with adbc_driver_postgresql.dbapi.connect(
            f"{self.url(database)}?client_encoding=UTF8", autocommit=True
        ) as connection:
            for statement in statements:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    rows = cursor.fetchall() if statement.lstrip().lower().startswith("select") else []
        return rows


def find_binaries() -> Path | None:
    """Folder of initdb, pg_ctl and postgres; the newest version where there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [path.parent for place in _PLACES for path in Path(place).glob("**/bin/initdb")]
    return max(found, key=lambda folder: [int(n) for n in folder.parent.name.split(".") if n.isdigit()], default=None)


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="workbench-pg-"))
    account = _account()
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, "utf8")
        if account:
            for path in (folder, secret):
                shutil.chown(path, account, pwd.getpwnam(account).pw_gid)
        data, port = folder / "data", _free_port()
        login = ["-U", USER, f"--pwfile={secret}", "--auth=scram-sha-256"]
        _call(account, folder, binaries / "initdb", "-D", data, *login, "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        control = (binaries / "pg_ctl", "-D", data, "-w")
        _call(account, folder, *control, "-l", folder / "log", "-o", options, "start")
        try:
            yield Server(port)
        finally:
            _call(account, folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> str | None:
    """Whom the server runs as where the tests run as root."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if any(entry.pw_name == name for entry in pwd.getpwall()))


def _call(account: str | None, folder: Path, *words: str | Path) -> None:
    user = {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []} if account else {}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    with (folder / "calls").open("ab") as log:
        subprocess.run(words, check=True, cwd="/", env=environment, stdout=log, stderr=log, timeout=60, **user)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
