"""Whom the desk listens to: the names it answers to, how people sign in, and which proxies count."""

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from farm.errors import Refused

if TYPE_CHECKING:
    from farm.config import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?")


class Login(StrEnum):
    """How the desk knows who somebody is."""

    OPEN = "open"
    """Whoever reaches loopback is the person who started the desk."""
    TOKENS = "tokens"
    PROXY = "proxy"
    """A reverse proxy signs people in and tells their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a desk holds every request against."""

    hosts: frozenset[str]
    """Names and addresses that it answers to, small letters, without port and brackets."""
    any_address: bool = False
    """It answers to addresses in digits, too: nobody can point such a name elsewhere."""
    login: Login
    user: str
    """Who somebody at an open desk is, in events."""
    user_header: str = ""
    trusted: tuple[IPv4Network | IPv6Network, ...] = ()

    def answers_to(self, host: str) -> bool:
        """Whether a `Host` header, port or not, means this desk."""
        name = host_name(host)
        if name is None:
            return False
        return name in self.hosts or (self.any_address and _address(name) is not None)

    def trusts(self, address: str) -> bool:
        """Whether it is the address of a proxy whose word counts."""
        found = _address(address)
        return found is not None and any(found in network for network in self.trusted)

    def scheme(self, request: web.Request) -> str:
        """`http` or `https`, as the browser has it."""
        told = request.headers.get("X-Forwarded-Proto", "")
        if told in ("http", "https") and self.trusts(request.remote or ""):
            return told
        return request.scheme

    def address(self, request: web.Request) -> str:
        """Where a request comes from: the last address that no trusted proxy has, or a proxy's own."""
        came = request.remote or ""
        told = ",".join(request.headers.getall("X-Forwarded-For", []))
        for each in reversed([each.strip() for each in told.split(",") if each.strip()]):
            if not self.trusts(came) or _address(each) is None:
                break
            came = each
        found = _address(came)
        return str(found) if found else came[:64]


def policy_for(settings: "Settings", host: str, *, anybody: bool) -> Policy:
    """What a desk that listens on `host` holds requests against; `anybody` says whether there is somebody
    who could sign in.

    Raises `Refused` where another host than loopback would be open to everybody.
    """
    bare = _plain(host.strip("[]"))
    trusted = tuple(
        ipaddress.ip_network(each, strict=False) for each in settings.desk_trusted_proxies
    )
    own = urlsplit(settings.desk_address).hostname
    hosts = LOOPBACK | {_plain(own or ""), bare} - WILDCARDS
    everywhere = bare in WILDCARDS
    if everywhere:
        hosts |= {socket.gethostname().lower()}
    return Policy(
        hosts=hosts,
        any_address=everywhere,
        login=_login(settings, bare, anybody),
        user=settings.user,
        user_header=settings.desk_user_header,
        trusted=trusted,
    )


def _login(settings: "Settings", host: str, anybody: bool) -> Login:
    if settings.desk_user_header:
        if not settings.desk_trusted_proxies:
            raise Refused(
                f"desk_user_header is set, and anybody could send {settings.desk_user_header}: say in "
                "desk_trusted_proxies from which addresses it counts"
            )
        return Login.PROXY
    on_loopback = is_loopback(host)
    if on_loopback and not settings.desk_sign_in and not settings.desk_trusted_proxies:
        return Login.OPEN
    if not anybody:
        where = (
            "where people sign in"
            if on_loopback
            else f"on {host or 'all addresses'}, which others reach"
        )
        raise Refused(
            f"nobody could come to a desk {where}: `farm user add NAME --role operator` prints a link for "
            "somebody first; or let a proxy sign people in (desk_trusted_proxies and desk_user_header)"
        )
    return Login.TOKENS


def is_loopback(host: str) -> bool:
    """Whether nobody from another machine reaches what listens there."""
    found = _address(host)
    return host == "localhost" if found is None else found.is_loopback


def _plain(name: str) -> str:
    """A name or an address as `host_name` has it."""
    return str(_address(name) or name.lower())


def host_name(host: str) -> str | None:
    """The name or address in a `Host` header, in small letters; None where it is none."""
    found = _AUTHORITY.fullmatch(host)
    if found is None or int(found[3] or 0) > 65_535:
        return None
    if found[1]:
        address = _address(found[1])
        return str(address) if isinstance(address, IPv6Address) else None
    return found[2].lower().removesuffix(".") or None


def one_header(request: web.Request, name: str) -> str | None:
    """The value of a header that stands there once; None where it does not, or more often."""
    values: Collection[str] = request.headers.getall(name, [])
    return next(iter(values)) if len(values) == 1 else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address in digits; IPv4 that is written as IPv6 is IPv4. One with a zone, which may be any text,
    is none."""
    try:
        found = ipaddress.ip_address("" if "%" in text else text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
