"""Whether an address, a network or a header in the settings can be one at all. Pure."""

import ipaddress
import re
from urllib.parse import urlsplit


def why_no_address(url: str) -> str | None:
    """A few words where nothing can be reached at `url`; None where it can be tried."""
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
        host = (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError):
        return "it is no address"
    if parts.scheme not in ("http", "https"):
        return "only http and https addresses will do"
    if not host or not port_is_right or any(ord(each) <= 32 or ord(each) == 127 for each in url):
        return "it is no address"
    return None


def why_no_network(text: str) -> str | None:
    """A few words where `text` is neither an address in digits nor a network of them; None where it is."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"{text!r} is no address and no network; give 10.0.0.7 or 10.0.0.0/24"
    return None


def why_no_header(name: str) -> str | None:
    """A few words where no header can be called so; None where one can."""
    return None if re.fullmatch(r"[A-Za-z0-9-]+", name) else "it is no name of a header"
