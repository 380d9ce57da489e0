"""Reads what XMP says of a picture's colours."""

import re

_NAMED = re.compile(rb"photoshop:ICCProfile(?:\s*=\s*[\"']([^\"'<]*)|\s*>([^<]*))")


def profile_name(packet: object) -> str:
    """The name of the profile that a picture was saved with, in small letters; empty where none is told."""
    packet = packet.encode() if isinstance(packet, str) else packet
    found = _NAMED.search(packet) if isinstance(packet, bytes) else None
    return (found[1] or found[2] or b"").decode("utf-8", "replace").strip().lower() if found else ""
