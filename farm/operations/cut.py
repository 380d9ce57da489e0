"""The shots of a production as a timeline takes them, in the order of their list or of another one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.domain.hand_off import ordered
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused

if TYPE_CHECKING:
    from farm.delivery.timeline import CutShot
    from farm.domain.comment import Comment
    from farm.store import Store
    from farm.store.queries.cut import ShotInCut, TakeInCut

MOST_BYTES = 1 << 20
"""Of a file with an order."""
_NOT_PASSED = {
    ReviewStatus.PENDING: "it is not judged yet",
    ReviewStatus.NEEDS_REVIEW: "a person must look at it",
    ReviewStatus.REJECTED: "it is rejected",
    ReviewStatus.ON_HOLD: "it is on hold",
}


def cut_of(
    store: "Store", production: str, order: Sequence[str] | None, called: str
) -> "list[CutShot]":
    """All shots but omitted ones, with what is told of their selected takes.

    Raises `UnknownName`, and `Refused` for an `order` (as it is `called`) of other shots.
    """
    from farm.store.queries import cut

    shots = {each.code: each for each in cut.shots(store, production)}
    codes = ordered(list(shots), order, called) if order is not None else list(shots)
    return [_cut_shot(production, shots[code]) for code in codes]


def read_order(file: Path) -> list[str]:
    """The codes in a file, one a line; blank lines stay in, as lines are named. Raises `Refused`."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused(f"{file} is larger than a list of shots: one code a line")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is no text in UTF-8: one code of a shot a line") from error
    return [line.strip() for line in text.splitlines()]


def _cut_shot(production: str, shot: "ShotInCut") -> "CutShot":
    from farm.delivery.timeline import CutShot

    selected = next((each for each in shot.takes if each.number == shot.selected), None)
    frames, fps = (selected.frames, selected.fps) if selected else _length(shot.recipe)
    return CutShot(
        shot=shot.code,
        frames=frames,
        fps=fps,
        why=_why(shot, selected),
        about={"production": production, **_of_recipe(selected)} if selected else {},
        comments=tuple(
            {
                "frame": each.frame if each.take == shot.selected else None,
                "text": _said(each, shot.selected),
                "who": each.who,
                "at": each.at.isoformat(),
                "resolved": each.resolved_at is not None,
            }
            for each in shot.comments
        ),
        alternates=tuple(
            {
                "take": each.number, "frames": each.frames, "fps": each.fps, "sha256": each.sha256,
                "match": each.match, "verdict": each.verdict, "recipe_hash": each.recipe_hash,
                "prompt": each.recipe["prompt"], "seed": each.recipe["seed"],
            }
            for each in shot.takes
            if each is not selected and each.purged is None
        ),
    )  # fmt: skip


def _said(comment: "Comment", selected: int | None) -> str:
    """A comment's words, with the take that it is about where that is another one."""
    another = comment.take not in (None, selected)
    return f"(take {comment.take}) {comment.text}" if another else comment.text


def _length(recipe: dict[str, Any]) -> tuple[int, int]:
    return recipe["frames"], recipe["fps"]


def _of_recipe(take: "TakeInCut") -> dict[str, Any]:
    names = ("seed", "profile", "revision", "steps", "cfg_high", "cfg_low")
    return {name: take.recipe[name] for name in names}


def _why(shot: "ShotInCut", selected: "TakeInCut | None") -> str:
    """Why no clip of a shot comes; empty where one does."""
    if shot.review in _NOT_PASSED:
        return _NOT_PASSED[shot.review]
    if selected is None:
        return "there is a draft of it alone"
    return "its clip was purged" if selected.purged else ""
