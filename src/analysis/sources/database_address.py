"""Where a database is: its address, put together from spec and environment and never shown with its password."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from analysis.errors import InputError
from analysis.sources.database_spec import DatabaseSpec

_EXAMPLE = "postgresql://user:password@host:5432/database"
_ENCODE = f"write it as {_EXAMPLE}, special characters of the password as %XX (@ is %40, # %23, / %2F, : %3A, % %25)"
_HIDDEN = "***"


@dataclass(frozen=True)
class Address:
    """`shown` may be printed; `url` and `secrets` may not."""

    scheme: str
    shown: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def without_secrets(self, text: str) -> str:
        """A driver's message in one line, with what is secret in it hidden."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return " ".join(text.split())[:300]


def find_address(name: str, spec: DatabaseSpec, environment: Mapping[str, str] = os.environ) -> Address:
    """Address of databases.NAME.

    Raises
    ------
    InputError
        A variable is not set, or what it holds is no address; the message never quotes it.
    """
    where = f"databases.{name}"
    url = spec.url or _variable(where, "url_from", spec.url_from, environment, _EXAMPLE)
    parts = _split(url, f"{where}, variable {spec.url_from}" if spec.url_from else f"{where}.url")
    password = unquote(parts.password or "")
    if spec.password_from:
        password = _variable(where, "password_from", spec.password_from, environment, "...")
    user = unquote(parts.username or "")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    host = parts.netloc.rpartition("@")[2]
    full = parts._replace(netloc=f"{login}@{host}" if login else host)
    shown = f"{parts.scheme}://{f'{user}@' if user else ''}{host}{parts.path}"
    return Address(parts.scheme, shown, _joined(full), _secrets(url, full, password))


def _variable(where: str, key: str, name: str, environment: Mapping[str, str], example: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise InputError(
            f"environment variable {name} is not set",
            where=f"{where}.{key}",
            mend=f"set it before the command, e.g. export {name}='{example}'",
        )
    return value


def _split(url: str, where: str) -> SplitResult:
    """The parts of an address of which no part can be taken for another: a raw @ or # in a password would be."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.scheme) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
    if sound:
        strange = "@" in parts.netloc.rpartition("@")[0] + parts.path + parts.query or parts.fragment
        sound = "://" in url and not strange and not re.search("%(?![0-9A-Fa-f]{2})", parts.netloc)
    if not sound:
        raise InputError("the address of the database cannot be read", where=where, mend=_ENCODE)
    return parts


def _joined(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"


def _secrets(url: str, full: SplitResult, password: str) -> tuple[str, ...]:
    """The password in every form, the whole address, and what its options hold."""
    options = [value for _, value in parse_qsl(full.query)]
    inner = [match for value in options for match in re.findall(r"(?i)(?:pwd|password)\s*=\s*([^;]+)", value)]
    named = [value for key, value in parse_qsl(full.query) if re.search("(?i)pass|pwd|secret|key|odbc", key)]
    found = [url, _joined(full), password, quote(password, safe=""), full.password or "", *inner, *named]
    return tuple(dict.fromkeys(text for text in found if text))
