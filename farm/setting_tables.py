"""The tables among the settings."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Limit(BaseModel):
    """Where the workers of one profile may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gpu_memory_gb: Annotated[float, Field(ge=0)] = 0.0
    tags: tuple[str, ...] = ()


class Drafts(BaseModel):
    """How drafts are made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str = ""


class Labels(BaseModel):
    """Who is named in the labels of delivered films as the one who made them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    producer: Annotated[str, Field(max_length=100)] = ""
    """A name."""
    code: str = ""
    """The producer's code after GB 45438-2025; it goes before the name."""

    @field_validator("producer")
    @classmethod
    def _is_printable(cls, value: str) -> str:
        if not value.isprintable() or value != value.strip():
            raise ValueError("a producer is one line of letters without blanks around it")
        return value

    @field_validator("code")
    @classmethod
    def _is_a_code(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9A-Z]{8,64}", value):
            raise ValueError("a producer's code is 8 to 64 digits and capital letters")
        return value

    @property
    def named(self) -> str:
        return self.code or self.producer


class Credentials(BaseModel):
    """What signs content credentials; nothing is signed where no certificate is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: str = ""
    """A PEM file: the signer's certificate, then those that vouch for it."""
    key: str = ""
    """A PEM file; the variable FARM_CREDENTIALS_KEY goes before it."""
    timestamp: Annotated[str, Field(repr=False)] = ""
    """The address of a time stamp authority (RFC 3161)."""
    trusted: str = ""
    """A PEM file with the authorities that `farm verify` believes."""

    @field_validator("key")
    @classmethod
    def _is_a_file(cls, value: str) -> str:
        if "-----BEGIN" in value:
            raise ValueError(
                "name its file; the key itself may stand in FARM_CREDENTIALS_KEY, never in settings"
            )
        return value

    @field_validator("timestamp")
    @classmethod
    def _can_be_asked(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            wrong = value and (parts.scheme not in ("http", "https") or not parts.hostname)
        except ValueError:
            wrong = True
        if wrong or not value.isprintable() or " " in value:
            raise ValueError("it is no http(s) address")
        return value
