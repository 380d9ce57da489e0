"""A wish for several shots at once: what is refused of one does not keep the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from farm.errors import FarmError, Stale

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PerShot(Generic[T]):
    """What became of a wish, shot by shot."""

    done: tuple[T, ...]
    refused: tuple[str, ...]
    """A sentence for each shot of which it could not be done."""
    stale: tuple[str, ...] = ()
    """The codes of those among them that are not as the person saw them."""


def per_shot(shots: Iterable[str], act: Callable[[str], T]) -> PerShot[T]:
    """Does `act` for the code of each shot, in their order; a `FarmError` of one is its refusal."""
    done: list[T] = []
    refused: list[str] = []
    stale: list[str] = []
    for code in shots:
        try:
            done.append(act(code))
        except FarmError as refusal:
            refused.append(str(refusal))
            if isinstance(refusal, Stale):
                stale.append(code)
    return PerShot(done=tuple(done), refused=tuple(refused), stale=tuple(stale))
