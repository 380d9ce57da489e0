"""What people say of shots, takes and frames: written, read, and seen to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from farm.domain.comment import Comment
    from farm.store import Store


def comment(
    store: "Store",
    production: str,
    shot: str,
    text: str,
    *,
    take: int | None = None,
    frame: int | None = None,
    mark: Sequence[Any] | None = None,
    who: str,
) -> "Comment":
    """Keeps what a person says of a shot, of one of its takes, or of a frame of the take's published clip,
    counted from 0.

    `mark` is what was drawn: strokes, each a list of points, each of two numbers in 0..1, from the left and
    from the top of the picture. Raises `UnknownName`, and `Refused` where the take or its clip is not
    there, the clip has no such frame, or text or mark are not as `farm.domain.comment` has them.
    """
    from farm.domain.comment import checked_mark, checked_text
    from farm.store.shots import comments as writing

    said = writing.Said(text=checked_text(text), take=take, frame=frame, mark=checked_mark(mark))
    return writing.write(store, production, shot, said, who)[0]


def resolve(store: "Store", production: str, number: int, *, who: str) -> "Comment":
    """Notes that a comment is seen to. Raises `UnknownName`, and `Refused` where that was noted before."""
    from farm.store.shots import comments as writing

    return writing.resolve(store, production, number, who)[0]


def comments(store: "Store", production: str, shot: str) -> tuple["Comment", ...]:
    """All that was said of a shot and its takes, oldest first. Raises `UnknownName`."""
    from farm.store.queries import comments as reading

    return reading.comments(store, production, shot)
