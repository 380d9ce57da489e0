"""The certificate and the key that sign content credentials, checked before anything is signed.

The key comes from a file or from the environment, and is in no message, no log and no repr.
"""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from farm.errors import SettingsError

KEY_VARIABLE = "FARM_CREDENTIALS_KEY"
"""The environment variable that may hold the key itself, as PEM; it goes before the file."""
LARGEST = 1 << 20
"""Bytes of a file with certificates or a key."""
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What signs: a chain of certificates with the signer's own first, and its key."""

    chain: bytes = field(repr=False)
    """PEM."""
    key: bytes = field(repr=False)
    """PEM, PKCS 8."""
    algorithm: str
    """As C2PA names it."""
    signer: str
    """Who signs, as the certificate says it."""
    fingerprint: str
    """SHA-256 of the signer's certificate."""
    until: dt.datetime
    """When that certificate runs out."""
    timestamp: str = field(default="", repr=False)
    """The address of a time stamp authority (RFC 3161), if any."""

    @property
    def stamped_by(self) -> str:
        """The authority's host alone: its address may hold a password."""
        return urlsplit(self.timestamp).hostname or ""


def load(
    certificate: str,
    key: str,
    timestamp: str = "",
    environment: Mapping[str, str] = os.environ,
    now: dt.datetime | None = None,
) -> Signing:
    """Reads and checks the PEM files `certificate` (a chain) and `key`.

    Raises `SettingsError` with a sentence that names the setting, the file and the remedy.
    """
    chain_read = _read("certificate", certificate)
    chain = _chain(chain_read, certificate)
    leaf = chain[0]
    given = environment.get(KEY_VARIABLE, "")
    if given:
        where, key_read = KEY_VARIABLE, given.encode()
    else:
        where, key_read = f"[credentials] key: {key}", _key_file(key)
    private = _private(key_read, where)
    _check_dates(leaf, certificate, now or dt.datetime.now(dt.UTC))
    if _public_bytes(private) != _public_bytes(leaf):
        raise _wrong(
            f"{where} is not the key of the first certificate in {certificate}: give the signer's own "
            "certificate first, then those that vouch for it"
        )
    return Signing(
        chain=b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
        key=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        algorithm=_algorithm(private, where),
        signer=_called(leaf),
        fingerprint=leaf.fingerprint(hashes.SHA256()).hex(),
        until=leaf.not_valid_after_utc,
        timestamp=timestamp,
    )


def roots(place: str) -> str:
    """The certificates of a PEM file that are trusted, as PEM. Raises `SettingsError`."""
    read = _certificates(_read("trusted", place), "trusted", place)
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in read)


def _read(setting: str, place: str) -> bytes:
    try:
        with Path(place).open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no name of a file"
        raise _wrong(f"[credentials] {setting}: {place}: {why}") from error
    if len(content) > LARGEST:
        raise _wrong(f"[credentials] {setting}: {place} is larger than any PEM file")
    return content


def _key_file(place: str) -> bytes:
    if not place:
        raise _wrong(
            f"[credentials] has a certificate and no key: name its file as `key`, or put it into "
            f"{KEY_VARIABLE}"
        )
    return _read("key", place)


def _certificates(content: bytes, setting: str, place: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise _wrong(
            f"[credentials] {setting}: {place} holds no certificate as PEM (-----BEGIN CERTIFICATE-----)"
        ) from error


def _chain(content: bytes, place: str) -> list[x509.Certificate]:
    chain = _certificates(content, "certificate", place)
    if chain[0].issuer == chain[0].subject:
        raise _wrong(
            f"[credentials] certificate: the first one in {place} is signed by itself, which C2PA does not "
            "take: give the signer's own, from an authority, then those that vouch for it"
        )
    return chain


def _private(content: bytes, where: str) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(content, password=None)
    except TypeError as error:
        raise _wrong(
            f"{where} is locked with a password: give one without, where only who signs can read it"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        # What the library says may quote what it read.
        raise _wrong(f"{where} is no private key as PEM") from error.with_traceback(None)


def _algorithm(key: PrivateKeyTypes, where: str) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    raise _wrong(
        f"{where} is a key that C2PA does not take: P-256, P-384, P-521, Ed25519 or RSA of 2048 bits and "
        "more will do"
    )


def _check_dates(leaf: x509.Certificate, place: str, now: dt.datetime) -> None:
    if now > leaf.not_valid_after_utc:
        raise _wrong(
            f"[credentials] certificate: {place} ran out on {leaf.not_valid_after_utc:%d %b %Y}: have it "
            "renewed"
        )
    if now < leaf.not_valid_before_utc:
        raise _wrong(
            f"[credentials] certificate: {place} holds from {leaf.not_valid_before_utc:%d %b %Y} on only; "
            "is this machine's clock right?"
        )


def _public_bytes(holder: PrivateKeyTypes | x509.Certificate) -> bytes:
    return holder.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _called(leaf: x509.Certificate) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := leaf.subject.get_attributes_for_oid(kind):
            return str(found[0].value)
    return leaf.subject.rfc4514_string()


def _wrong(sentence: str) -> SettingsError:
    return SettingsError([sentence])
