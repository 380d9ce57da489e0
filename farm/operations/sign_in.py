"""Who somebody at the desk is: by a token, and what is known of it since, or by a proxy's word."""

from typing import TYPE_CHECKING

from farm.domain.roles import Outcome, Visitor
from farm.errors import Refused
from farm.operations import tokens

if TYPE_CHECKING:
    from farm.store import Store
    from farm.store.client_links import KnownLink
    from farm.store.people import KnownPerson


class SignInRefused(Refused):
    """Nobody comes in by this token."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(SENTENCES[outcome])
        self.outcome = outcome


SENTENCES = {
    Outcome.WRONG_TOKEN: "there is no such token; copy the whole link, or ask for a new one",
    Outcome.REVOKED: "this link was revoked; ask whoever gave it to you for another",
    Outcome.EXPIRED: "this link has expired; ask whoever gave it to you for another",
    Outcome.TOO_MANY: "too many wrong tokens came from this address; try again in some minutes",
}


def person(store: "Store", token: str, address: str) -> Visitor:
    """Who has this token; noted with the address that they came from. Raises `SignInRefused`."""
    from farm.store import people

    found = people.with_token(store, tokens.digest(token))
    outcome = _of_person(found)
    return _noted(store, address, outcome, found and _person(found))


def guest(store: "Store", token: str, address: str) -> Visitor:
    """What this token of a link opens; noted with the address. Raises `SignInRefused`."""
    from farm.store import client_links

    found = client_links.with_token(store, tokens.digest(token))
    outcome = _of_link(found)
    return _noted(store, address, outcome, found and _guest(found))


def still_person(store: "Store", token_sha256: str) -> Visitor | None:
    """Who came by that token, unless it was revoked since."""
    from farm.store import people

    found = people.with_token(store, token_sha256)
    return _person(found) if found and _of_person(found) is Outcome.SIGNED_IN else None


def still_guest(store: "Store", token_sha256: str) -> Visitor | None:
    """Who came by that token of a link, unless it was revoked or has expired since."""
    from farm.store import client_links

    found = client_links.with_token(store, token_sha256)
    return _guest(found) if found and _of_link(found) is Outcome.SIGNED_IN else None


def person_named(store: "Store", name: str) -> Visitor | None:
    """Somebody whose name a proxy vouches for; None where nobody is called so, or was revoked."""
    from farm.store import people

    found = people.named(store, name)
    return _person(found) if found and _of_person(found) is Outcome.SIGNED_IN else None


def note_too_many(store: "Store", address: str) -> None:
    """Notes that nothing more from there is looked at for a while."""
    from farm.store import sign_ins

    sign_ins.note(store, "", address, Outcome.TOO_MANY)


def _noted(store: "Store", address: str, outcome: Outcome, found: Visitor | None) -> Visitor:
    from farm.store import sign_ins

    sign_ins.note(store, found.name if found else "", address, outcome)
    if outcome is not Outcome.SIGNED_IN or found is None:
        raise SignInRefused(outcome)
    return found


def _of_person(found: "KnownPerson | None") -> Outcome:
    if found is None:
        return Outcome.WRONG_TOKEN
    return Outcome.SIGNED_IN if found.revoked_at is None else Outcome.REVOKED


def _of_link(found: "KnownLink | None") -> Outcome:
    if found is None:
        return Outcome.WRONG_TOKEN
    if found.revoked_at is not None:
        return Outcome.REVOKED
    return Outcome.EXPIRED if found.expired else Outcome.SIGNED_IN


def _person(found: "KnownPerson") -> Visitor:
    return Visitor(name=found.name, role=found.role)


def _guest(found: "KnownLink") -> Visitor:
    named = f"(link {found.id})"
    return Visitor(name=f"{found.label} {named}".strip(), opening=found.opening)
