"""The one door to c2pa-python: signs a file, and reads what credentials one holds."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa

from farm.delivery.credentials.keys import Signing
from farm.errors import Refused

TOOL = f"c2pa-python {c2pa.__version__}"
# Nothing is fetched because a file says so: no manifest from elsewhere, no word on its certificate.
_ALONE: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
BRANDS = {b"qt  ": "video/quicktime"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A file that went into another one."""

    about: Mapping[str, str]
    file: Path
    mime: str


def mime_of(film: Path) -> str:
    """The type of a film, by its first box."""
    with film.open("rb") as file:
        return BRANDS.get(file.read(12)[8:12], "video/mp4")


def sign(
    source: Path,
    to: Path,
    claim: Mapping[str, Any],
    ingredients: Sequence[Ingredient],
    signing: Signing,
) -> None:
    """Writes `source` with signed credentials as the new file `to`.

    Raises `Refused` where it could not be signed, or does not read back whole, and `OSError`.
    """
    mime = mime_of(source)
    try:
        with ExitStack() as stack:
            signer = stack.enter_context(c2pa.Signer.from_info(_info(signing)))
            context = stack.enter_context(c2pa.Context.from_dict(_ALONE))
            builder = stack.enter_context(
                c2pa.Builder(json.dumps({**claim, "format": mime}), context)
            )
            for each in ingredients:
                with each.file.open("rb") as file:
                    builder.add_ingredient(json.dumps(dict(each.about)), each.mime, file)
            reading = stack.enter_context(source.open("rb"))
            writing = stack.enter_context(to.open("x+b"))
            builder.sign(signer, mime, reading, writing)
    except c2pa.C2paError as error:
        raise Refused(f"it could not be signed: {_why(error, signing)}") from error
    found = read(to)
    if found is None or found["validation_state"] == "Invalid":
        raise Refused(f"it could not be signed: what came of it is not whole{_failures(found)}")


def read(film: Path, trusted: str | None = None) -> dict[str, Any] | None:
    """What credentials a film holds and whether they hold, as c2pa's reader tells it; None where there are
    none. `trusted` are certificates (PEM) of authorities that are believed.

    Raises `Refused` where they cannot be read, and `OSError`.
    """
    settings = dict(_ALONE)
    if trusted:
        settings["trust"] = {"trust_anchors": trusted}
    try:
        with (
            film.open("rb") as file,
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(mime_of(film), file, context=context) as reader,
        ):
            return json.loads(reader.json())
    except c2pa.C2paError as error:
        if str(error).startswith("ManifestNotFound"):
            return None
        raise Refused(f"its content credentials cannot be read: {error}") from error


def _info(signing: Signing) -> "c2pa.C2paSignerInfo":
    stamped = signing.timestamp.encode() or None
    return c2pa.C2paSignerInfo(signing.algorithm.encode(), signing.chain, signing.key, stamped)


def _why(error: Exception, signing: Signing) -> str:
    """What c2pa says, without the address of the time stamps, which may hold a password."""
    said = str(error).replace("\n", " ")
    if signing.timestamp:
        said = said.replace(signing.timestamp, signing.stamped_by)
    return said


def _failures(found: Mapping[str, Any] | None) -> str:
    status = (found or {}).get("validation_status") or []
    codes = [each["code"] for each in status if each["code"] != "signingCredential.untrusted"]
    return f" ({', '.join(codes)})" if codes else ""
