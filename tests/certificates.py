"""A certificate authority for tests: certificates and keys as files, made on the spot."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
DAY = dt.timedelta(days=1)


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem_of(private: Key, password: bytes | None = None) -> str:
    locked = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, locked).decode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A signer's files: its certificate with that of the authority behind it, and its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates that C2PA takes; `root` is the file with its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = key()
        self._root = self._signed("A test's authority", self._key, authority=True)
        self.root = folder / "root.pem"
        self.root.write_bytes(self._root.public_bytes(serialization.Encoding.PEM))

    def signer(
        self,
        name: str = "The studio",
        private: Key | None = None,
        *,
        begins: dt.timedelta = -DAY,
        ends: dt.timedelta = 30 * DAY,
    ) -> Signer:
        private = private or key()
        leaf = self._signed(name, private, authority=False, begins=begins, ends=ends)
        place = self.folder / f"{name}.pem"
        place.write_bytes(
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, self._root))
        )
        key_place = self.folder / f"{name}.key"
        key_place.write_text(pem_of(private))
        key_place.chmod(0o600)
        return Signer(place, key_place)

    def _signed(
        self,
        name: str,
        private: Key,
        *,
        authority: bool,
        begins: dt.timedelta = -DAY,
        ends: dt.timedelta = 30 * DAY,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        public, own = private.public_key(), self._key.public_key()
        usage = x509.KeyUsage(
            digital_signature=not authority, key_cert_sign=authority, crl_sign=authority,
            content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named("A test's authority"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False)
        )
        if not authority:
            allowed = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(allowed, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
