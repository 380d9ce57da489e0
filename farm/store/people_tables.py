"""The tables of the desk: who may come to it, how they signed in, and which of its forms were sent."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from farm.domain.roles import Role
from farm.store.column_types import BIG_KEY, one_of, utcnow
from farm.store.tables import Table


class Person(Table):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    token_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """Of the token that was shown once; the token itself is nowhere."""
    made_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    made_by: Mapped[str] = mapped_column(sa.String(120))
    revoked_at: Mapped[dt.datetime | None]


class ClientLink(Table):
    __tablename__ = "client_links"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    production_id: Mapped[int] = mapped_column(sa.ForeignKey("productions.id"))
    takes: Mapped[list[Any] | None]
    """Pairs of a shot's code and a take's number; null where the link shows all that there is."""
    label: Mapped[str] = mapped_column(sa.String(64), server_default="")
    may_comment: Mapped[bool] = mapped_column(server_default=sa.false())
    token_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[dt.datetime]
    made_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    made_by: Mapped[str] = mapped_column(sa.String(120))
    revoked_at: Mapped[dt.datetime | None]


class SignIn(Table):
    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    who: Mapped[str] = mapped_column(sa.String(120))
    """A person's name or a link's; empty where nobody has such a token."""
    at: Mapped[dt.datetime] = mapped_column(server_default=utcnow(), index=True)
    address: Mapped[str] = mapped_column(sa.String(64))
    outcome: Mapped[str] = mapped_column(sa.String(24))
    """An `Outcome`; without a CHECK, since a log outlives the outcomes of today."""


class SentForm(Table):
    __tablename__ = "sent_forms"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """Of what was asked for, with the page that it was asked on; written with what it does."""
    at: Mapped[dt.datetime] = mapped_column(server_default=utcnow(), index=True)
