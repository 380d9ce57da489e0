"""Tokens that let people and clients in: made, hashed, and put into the link that is shown once.

A token stands behind the `#` of its link, which browsers send to nobody: it is in no server's log, no proxy
sees it, and previews of links in chats do not use it up.
"""

import hashlib
import secrets
from urllib.parse import urlsplit

from farm.addresses import why_no_address
from farm.errors import Refused

SIGN_IN, CLIENT = "/sign-in", "/c"
"""Where the desk takes tokens of people, and those of client links."""


def new() -> str:
    """A token that nobody guesses: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token, and what tokens are compared by: its SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def link(address: str, path: str, token: str) -> str:
    """The link to give away. Raises `Refused` where `address` is not one of a desk."""
    if why := why_no_address(address):
        raise Refused(f"{address!r}: {why}; give http://host:port as people reach the desk")
    parts = urlsplit(address)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise Refused(
            f"{address!r}: give the desk's address alone, scheme, host and port: http://host:port"
        )
    return f"{parts.scheme}://{parts.netloc}{path}#{token}"
