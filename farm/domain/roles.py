"""Who may do what at the desk: people by their role, guests by the link that they were given. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is at the desk; each may do what those before it may."""

    PRODUCER = "producer"
    REVIEWER = "reviewer"
    OPERATOR = "operator"


class Action(StrEnum):
    """What can be done at the desk, as a sentence says it: "may …"."""

    LOOK = "look"
    COMMENT = "comment"
    APPROVE = "approve"
    REJECT = "reject"
    RETAKE = "order retakes"
    HOLD = "hold and release shots"
    OMIT = "omit shots"
    CANCEL = "cancel takes"
    SET_PRIORITY = "set priorities"
    DRAIN = "drain machines"
    SUBMIT = "submit shots"
    DELIVER = "deliver"


LEAST: Mapping[Action, Role] = {
    Action.LOOK: Role.PRODUCER,
    Action.COMMENT: Role.PRODUCER,
    Action.APPROVE: Role.REVIEWER,
    Action.REJECT: Role.REVIEWER,
    Action.RETAKE: Role.REVIEWER,
    Action.HOLD: Role.OPERATOR,
    Action.OMIT: Role.OPERATOR,
    Action.CANCEL: Role.OPERATOR,
    Action.SET_PRIORITY: Role.OPERATOR,
    Action.DRAIN: Role.OPERATOR,
    Action.SUBMIT: Role.OPERATOR,
    Action.DELIVER: Role.PRODUCER,
}
"""The least role that each action asks for."""

_RANK = {role: rank for rank, role in enumerate(Role)}


def may(role: Role, action: Action) -> bool:
    """Whether a person of that role may do it."""
    return _RANK[role] >= _RANK[LEAST[action]]


def actions_of(role: Role) -> list[Action]:
    """All that a person of that role may do."""
    return [action for action in Action if may(role, action)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a client link opens: one production, all of its takes or chosen ones."""

    production: str
    takes: frozenset[tuple[str, int]] | None = None
    """Codes of shots with numbers of takes; None for whatever the production has."""
    may_comment: bool = False

    def shows(self, shot: str | None = None, take: int | None = None) -> bool:
        """Whether the link is for that shot or take of its production."""
        if self.takes is None or shot is None:
            return True
        if take is None:
            return any(code == shot for code, _ in self.takes)
        return (shot, take) in self.takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is at the desk: a person with their role, or a guest with what their link opens."""

    name: str
    """As events have it: a guest's cannot be taken for a person's."""
    role: Role | None = None
    opening: Opening | None = None

    def may(
        self,
        action: Action,
        production: str | None = None,
        shot: str | None = None,
        take: int | None = None,
    ) -> bool:
        """Whether they may do it to that production, shot or take.

        To guests what is of no production (workers, the list of productions) is closed. A shot is open to
        them where any take of it is, so its page shows only those that `Opening.shows` names.
        """
        opening = self.opening
        if self.role is not None or opening is None:
            return self.role is not None and may(self.role, action)
        if action is not Action.LOOK and not (action is Action.COMMENT and opening.may_comment):
            return False
        return production == opening.production and opening.shows(shot, take)


RESERVED = ("farm",)
"""Who already signs what nobody did: no person is called so."""
LONGEST_NAME = 64
_BESIDE_LETTERS = frozenset(" .@_'-")


def why_no_name(name: str) -> str | None:
    """A sentence where a person cannot be called so; None where one can.

    Letters of any script, digits, spaces and .@_'- are enough for names and for addresses of mail; what is
    left over (brackets) marks guests, so that nobody passes for one or the other.
    """
    if not name or len(name) > LONGEST_NAME or name != " ".join(name.split()):
        return (
            f"{name!r} is no name: give 1 to {LONGEST_NAME} characters without spaces around them"
        )
    if wrong := [each for each in name if not _of_a_name(each)]:
        return f"{name!r} is no name: {wrong[0]!r} may not be in one; letters, digits, spaces and .@_'- may"
    if name.casefold() in RESERVED:
        return f"{name!r} is how the farm itself signs; choose another name"
    return None


def _of_a_name(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or character in _BESIDE_LETTERS


class Outcome(StrEnum):
    """How somebody's try to sign in ended."""

    SIGNED_IN = "signed_in"
    WRONG_TOKEN = "wrong_token"  # noqa: S105
    REVOKED = "revoked"
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    """Wrong tokens from one address: from there nothing is looked at for a while."""
