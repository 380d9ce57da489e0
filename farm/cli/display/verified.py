"""What a film holds, in lines for people; what a stranger wrote into it controls no terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from farm.delivery.credentials.reading import State
from farm.delivery.verifying import Listed

if TYPE_CHECKING:
    from farm.delivery.credentials.reading import Credentials, Told
    from farm.delivery.verifying import Verified

LONGEST = 200
"""Characters of what a film says that are shown."""
WHOLE = {
    True: "whole: it is as it was signed or delivered",
    False: "NOT WHOLE: it was changed",
    None: "nothing tells whether it is whole",
}
LISTED = {
    Listed.AS_LISTED: "as the manifest beside it lists it",
    Listed.CHANGED: "not the file that the manifest beside it lists: it was changed since",
    Listed.NOT_LISTED: "the manifest beside it does not list it",
    Listed.NO_MANIFEST: "no manifest beside it",
    Listed.UNREADABLE: "the manifest.json beside it cannot be read, or no delivery wrote it",
}
_DONE = {
    "c2pa.created": "made",
    "c2pa.opened": "opened",
    "c2pa.edited": "edited",
    "c2pa.transcoded": "coded anew",
}


def lines(found: "Verified") -> Iterator[str]:
    """What `farm verify` prints."""
    yield f"{found.file}: {WHOLE[found.whole]}"
    if found.damaged:
        yield f"film         damaged: {found.damaged}; nothing of what it holds can be told"
    else:
        yield f"label        {_label(found)}"
        yield f"source type  {_plain(found.source_type) or 'none (IPTC)'}"
        yield f"recipe       {'inside, with its prompt' if found.recipe else 'not inside'}"
        yield from _credentials(found)
    yield f"delivery     {LISTED[found.listed]}"


def _label(found: "Verified") -> str:
    label = found.label
    if label is None:
        return "none (AIGC)"
    kinds = {"1": "made by a model", "2": "possibly made by a model", "3": "suspected to be"}
    kind = kinds.get(label.get("Label", ""), "of an unknown kind")
    who, which = (_plain(label.get(key, "")) for key in ("ContentProducer", "ProduceID"))
    return f"{kind}, by {who or 'nobody named'}, as {which or 'nothing named'} (AIGC)"


def _credentials(found: "Verified") -> Iterator[str]:
    yield f"credentials  {_state(found.credentials, unsigned=found.unsigned)}"
    for told in found.credentials.history:
        yield f"             {_told(told)}"


def _state(credentials: "Credentials", *, unsigned: bool) -> str:
    by = f"signed by {_plain(credentials.signer) or 'nobody named'}"
    by += f" ({_plain(credentials.issuer)})" if credentials.issuer else ""
    stamp = f", stamped {_plain(credentials.stamped)}" if credentials.stamped else ""
    if credentials.state is State.TRUSTED:
        return f"whole, {by}{stamp}, whom an authority vouches for"
    if credentials.state is State.VALID:
        return f"whole, {by}{stamp}; no authority known here vouches for that"
    if credentials.state is State.BROKEN:
        return f"BROKEN, {by}{stamp}: {', '.join(map(_plain, credentials.problems)) or 'no reason given'}"
    if unsigned:
        return "GONE: it was signed when it was delivered; a remux or an editor drops them without a word"
    return "none"


def _told(told: "Told") -> str:
    words = _DONE.get(told.action, _plain(told.action))
    parts = [
        f"{words} by {_plain(told.by)}" if told.by else words,
        f"as {_plain(told.source_type)}" if told.source_type else "",
        f"of {', '.join(map(_plain, told.of))}" if told.of else "",
        f"on {_plain(told.when)}" if told.when else "",
    ]
    told_so_far = " ".join(part for part in parts if part)
    return f"{told_so_far}: {_plain(told.description)}" if told.description else told_so_far


def _plain(text: str) -> str:
    shown = "".join(each if each.isprintable() else "�" for each in text[:LONGEST])
    return f"{shown} …" if len(text) > LONGEST else shown
