"""What Ray's references hold: which have their answer, and what an error says that came in its place."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from farm.cluster.outcome import Faulted, Lost
from pipeline.errors import Cause

if TYPE_CHECKING:
    from ray.exceptions import RayError

_WHAT_HAPPENED = (
    r"(?:Worker exit detail:|is dead because) (?!its worker process)(.+?)(?: Some common causes|$)"
)


def finished(refs: Sequence[Any], timeout: float = 0.0, at_least: int | None = None) -> list[Any]:
    """Those of `refs` that have their answer; waits up to `timeout` s for `at_least` (None: all)."""
    import ray

    if not refs:
        return []
    return ray.wait(list(refs), num_returns=at_least or len(refs), timeout=timeout)[0]


def ready(ref: Any) -> bool:
    """Whether it has its answer."""
    import ray

    return bool(ray.wait([ref], timeout=0)[0])


def value(ref: Any, what: str) -> Any:
    """The value of a ref that is ready; a dead actor is a machine fault, a dead node a loss."""
    import ray
    from ray.exceptions import RayError

    try:
        return ray.get(ref)
    except RayError as error:
        sentence = f"{what}: {why(error)}"
        return Lost(sentence) if node_is_gone(error) else Faulted(Cause.MACHINE, sentence)


def lost_with_machine(ref: Any) -> bool:
    """Whether what came to a ref that is ready is the end of its actor's machine."""
    import ray
    from ray.exceptions import RayError

    try:
        ray.get(ref)
    except RayError as error:
        return node_is_gone(error)
    return False


def node_is_gone(error: "RayError") -> bool:
    """Whether the actor died with its node: then the take that it was making is not to blame."""
    from ray.exceptions import ActorUnavailableError

    return (
        isinstance(error, ActorUnavailableError)
        or getattr(error, "preempted", False)
        or "because its node has died" in str(error)
    )


def why(error: "RayError") -> str:
    """The part of one of Ray's long messages that says what happened."""
    from ray.exceptions import ActorUnavailableError, OutOfMemoryError

    if isinstance(error, OutOfMemoryError):
        return "its node ran out of memory"
    if isinstance(error, ActorUnavailableError):
        return "its node does not answer"
    if getattr(error, "preempted", False):
        return "its node was taken away"
    told = re.search(_WHAT_HAPPENED, str(error), re.MULTILINE)
    return told[1] if told else str(error).strip().splitlines()[-1].strip()
