"""Databases in a source spec: an address without a secret, and the queries that are read from it."""

import re
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from analysis.settings import Settings

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class DatabaseSpec(Settings):
    """One database, read only.

    Either `url_from`, the name of an environment variable that holds the whole address, or `url`, the address without
    a password, and `password_from`, the name of a variable that holds the password. `time_zone`, such as
    Asia/Shanghai, is the clock of the hospital: times that the database keeps with a zone are read by it.
    """

    url: str = ""
    url_from: str = ""
    password_from: str = ""
    time_zone: str = ""

    @field_validator("url_from", "password_from")
    @classmethod
    def _is_a_name(cls, text: str) -> str:
        if text and not _VARIABLE.fullmatch(text):
            raise ValueError("give the name of an environment variable, never the address or password itself")
        return text

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, text: str) -> str:
        parts = urlsplit(text)
        if text and not parts.scheme:
            raise ValueError("write it as postgresql://user@host:5432/database")
        if ":" in parts.netloc.rpartition("@")[0] or "pass" in parts.query.lower() or "pwd" in parts.query.lower():
            raise ValueError("the password may not stand here: put it into an environment variable (password_from)")
        return text

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name and name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone; write it as Asia/Shanghai")
        return name

    @model_validator(mode="after")
    def _one_address(self) -> "DatabaseSpec":
        if bool(self.url) == bool(self.url_from):
            raise ValueError("give either url or url_from")
        if self.password_from and not self.url:
            raise ValueError("password_from goes with url; the address in url_from holds its own password")
        return self


class QuerySpec(Settings):
    """What is read from a database under a name, as from a file: one SELECT in the database's own SQL.

    `database` may be left out where the spec has only one. With an ORDER BY, `_row` is the same in every import.
    """

    select: str = Field(min_length=1)
    database: str = ""
    missing: tuple[str, ...] = ()
    may_be_empty: bool = False

    @field_validator("select")
    @classmethod
    def _one_select(cls, text: str) -> str:
        return text.strip().rstrip(";").rstrip()
