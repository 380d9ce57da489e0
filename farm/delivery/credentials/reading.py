"""Content credentials of a film as values: whether they hold, who signed, and what they tell. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from farm.delivery.credentials.claims import ACTIONS

DEEPEST = 20
"""Films of films that are told of one."""


class State(StrEnum):
    """Whether credentials hold."""

    TRUSTED = "trusted"
    """Whole, and signed by somebody whom a trusted authority vouches for."""
    VALID = "valid"
    """Whole, and signed by somebody whom no authority known here vouches for."""
    BROKEN = "broken"
    """Film or credentials were changed after they were signed."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that credentials say was done."""

    action: str
    """As C2PA names it."""
    by: str = ""
    when: str = ""
    description: str = ""
    source_type: str = ""
    of: tuple[str, ...] = ()
    """What it was made of: title and kind of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What credentials a film holds."""

    state: State
    signer: str = ""
    issuer: str = ""
    stamped: str = ""
    """When, as a time stamp authority says it; empty where none was asked."""
    history: tuple[Told, ...] = ()
    """What was done, oldest first, through all films that this one was made of."""
    problems: tuple[str, ...] = ()
    """Codes of what does not hold, as C2PA names them."""


def read_off(found: Mapping[str, Any] | None) -> Credentials:
    """The credentials in what c2pa's reader tells; None is for none. What a stranger's film has in an
    unheard-of form is passed over."""
    if found is None:
        return Credentials(state=State.NONE)
    manifests = _mapping(found.get("manifests"))
    active = _mapping(manifests.get(str(found.get("active_manifest"))))
    signature = _mapping(active.get("signature_info"))
    return Credentials(
        state=_state(found),
        signer=_text(signature.get("common_name")),
        issuer=_text(signature.get("issuer")),
        stamped=_text(signature.get("time")),
        history=tuple(_history(active, manifests)),
        problems=tuple(
            _text(each.get("code"))
            for each in _mappings(found.get("validation_status"))
            if each.get("code") != "signingCredential.untrusted"
        ),
    )


def _state(found: Mapping[str, Any]) -> State:
    states = {"Trusted": State.TRUSTED, "Valid": State.VALID}
    return states.get(_text(found.get("validation_state")), State.BROKEN)


def _history(active: Mapping[str, Any], manifests: Mapping[str, Any]) -> Iterator[Told]:
    films = [active]
    while (parent := _parent(films[-1], manifests)) and len(films) < DEEPEST:
        films.append(parent)
    for film in reversed(films):
        of = tuple(
            f"{_text(each.get('title'))} ({_text(each.get('relationship'))})"
            for each in _mappings(film.get("ingredients"))
        )
        for number, action in enumerate(_actions(film)):
            yield _told(action, of if number == 0 else ())


def _parent(film: Mapping[str, Any], manifests: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for each in _mappings(film.get("ingredients")):
        if each.get("relationship") == "parentOf" and "active_manifest" in each:
            return _mapping(manifests.get(str(each["active_manifest"]))) or None
    return None


def _actions(film: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in _mappings(film.get("assertions")):
        if each.get("label") == ACTIONS:
            yield from _mappings(_mapping(each.get("data")).get("actions"))


def _told(action: Mapping[str, Any], of: tuple[str, ...]) -> Told:
    agent = action.get("softwareAgent")
    by = (
        agent
        if isinstance(agent, str)
        else " ".join(_text(_mapping(agent).get(key)) for key in ("name", "version"))
    )
    return Told(
        action=_text(action.get("action")),
        by=by.strip(),
        when=_text(action.get("when")),
        description=_text(action.get("description")),
        source_type=_text(action.get("digitalSourceType")).rpartition("/")[2],
        of=of,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(values: object) -> Iterator[Mapping[str, Any]]:
    yield from (
        (each for each in values if isinstance(each, dict)) if isinstance(values, list) else ()
    )
