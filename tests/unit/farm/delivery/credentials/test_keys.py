"""Certificates and keys are checked before anything is signed, and a key is told to nobody."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from farm.delivery.credentials.keys import KEY_VARIABLE, load, roots
from farm.errors import SettingsError
from tests.certificates import DAY, Authority, Key, Signer, key, pem_of


class Files(NamedTuple):
    authority: Authority
    signer: Signer


@pytest.fixture
def files(tmp_path: Path) -> Files:
    authority = Authority(tmp_path)
    return Files(authority, authority.signer())


def loaded(signer: Signer, **environment: str) -> object:
    return load(str(signer.certificate), str(signer.key), environment=environment)


def test_a_chain_and_its_key_are_read(files: Files) -> None:
    signing = load(str(files.signer.certificate), str(files.signer.key), environment={})
    assert (signing.algorithm, signing.signer) == ("es256", "The studio")
    assert signing.chain.count(b"BEGIN CERTIFICATE") == 2
    assert len(signing.fingerprint) == 64


@pytest.mark.parametrize(
    ("private", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (ec.generate_private_key(ec.SECP521R1()), "es512"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519"),
        (rsa.generate_private_key(65537, 2048), "ps256"),
    ],
)
def test_the_algorithm_is_that_of_the_key(files: Files, private: Key, algorithm: str) -> None:
    signer = files.authority.signer("Another", private)
    assert load(str(signer.certificate), str(signer.key), environment={}).algorithm == algorithm


def test_the_environment_goes_before_the_file(files: Files) -> None:
    given = files.signer.key.read_text()
    files.signer.key.unlink()
    certificate = str(files.signer.certificate)
    signing = load(certificate, "", environment={KEY_VARIABLE: given})
    assert signing.key == load(certificate, "gone.key", environment={KEY_VARIABLE: given}).key


def _swap(files: Files) -> None:
    parts = files.signer.certificate.read_text().split("-----END CERTIFICATE-----\n")
    ends = [f"{part}-----END CERTIFICATE-----\n" for part in parts if part.strip()]
    files.signer.certificate.write_text("".join(reversed(ends)))


def _of_another(files: Files) -> None:
    files.signer.key.write_text(pem_of(key()))


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda files: files.signer.certificate.unlink(), "certificate: .*: No such file"),
        (
            lambda files: files.signer.certificate.write_bytes(b"\0\xff"),
            "holds no certificate as PEM",
        ),
        (
            lambda files: files.signer.certificate.write_bytes(b"x" * (2 << 20)),
            "larger than any PEM",
        ),
        (_swap, "signed by itself"),
        (lambda files: files.signer.key.unlink(), "key: .*: No such file"),
        (lambda files: files.signer.key.write_text("hunter2"), "no private key as PEM"),
        (lambda files: files.signer.key.write_bytes(b"\xff" * 99), "no private key as PEM"),
        (lambda files: files.signer.key.write_text(pem_of(key(), b"pw")), "locked with a password"),
        (_of_another, "not the key of the first certificate"),
    ],
)
def test_what_cannot_sign_is_said_with_its_remedy(
    files: Files, harm: Callable[[Files], None], why: str
) -> None:
    secret = files.signer.key.read_text().splitlines()[1]
    harm(files)
    with pytest.raises(SettingsError, match=why) as refusal:
        loaded(files.signer)
    assert secret not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("private", "why"),
    [
        (rsa.generate_private_key(65537, 1024), "C2PA does not take"),
        (ec.generate_private_key(ec.SECP256K1()), "C2PA does not take"),
    ],
)
def test_a_key_that_is_too_weak_is_refused(files: Files, private: Key, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        loaded(files.authority.signer("Weak", private))


def test_dates_of_the_certificate_count(files: Files) -> None:
    with pytest.raises(SettingsError, match=r"ran out on .*: have it renewed"):
        loaded(files.authority.signer("Old", begins=-20 * DAY, ends=-DAY))
    with pytest.raises(SettingsError, match="clock right"):
        loaded(files.authority.signer("Young", begins=DAY, ends=2 * DAY))


def test_a_certificate_without_a_key_is_told(files: Files) -> None:
    with pytest.raises(SettingsError, match=f"no key: .*{KEY_VARIABLE}"):
        load(str(files.signer.certificate), "", environment={})


@pytest.mark.parametrize("place", ["", "a\0b", "/", "~nobody-here/x"])
def test_names_that_are_no_files_are_told(place: str) -> None:
    with pytest.raises(SettingsError, match="certificate"):
        load(place, "", environment={})


def test_nothing_that_holds_a_key_shows_it(files: Files) -> None:
    address = "https://anna:hunter2@stamps.example/tsa"
    signing = load(
        str(files.signer.certificate), str(files.signer.key), address, {}, dt.datetime.now(dt.UTC)
    )
    told = f"{signing!r} {signing}"
    assert files.signer.key.read_text().splitlines()[1] not in told
    assert "PRIVATE" not in told
    assert "hunter2" not in told
    assert signing.stamped_by == "stamps.example"


def test_authorities_that_are_believed_are_certificates(files: Files, tmp_path: Path) -> None:
    assert roots(str(files.authority.root)).count("BEGIN CERTIFICATE") == 1
    (tmp_path / "none.pem").write_text("nobody")
    with pytest.raises(SettingsError, match=r"trusted: .* holds no certificate"):
        roots(str(tmp_path / "none.pem"))
