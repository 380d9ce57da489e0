"""Which profiles ranks can render together, and clips of which sizes. Loads nothing."""

from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import TEMPORAL_STRIDE
from pipeline.recipe import Recipe

COUNTS = (2, 4, 8)
"""Ranks that may make a clip together: the model's 40 heads of attention are dealt out among them."""
TOKEN = 16
"""Pixels of a side that one token of A14B stands for. One of the toy stands for half as many: of its sizes
some are refused that could be shared, and none is let through that could not."""


def check_profile(profile: Profile, count: int) -> None:
    """Raises `RenderFault` (fatal) for what ranks cannot do, with a sentence that names the remedy."""
    if told := why_not_in_ranks(profile, count):
        raise RenderFault(Cause.FATAL, told)


def why_no_group(profile: Profile) -> str | None:
    """The same of the ranks that the profile itself asks for."""
    ranks = profile.worker.ranks
    return why_not_in_ranks(profile, ranks) if ranks > 1 else None


def why_not_in_ranks(profile: Profile, count: int) -> str | None:
    """A sentence where no clip of this profile is made by so many ranks."""
    if count not in COUNTS:
        return f"{count} ranks cannot share the model's heads of attention: take 2, 4 or 8"
    if profile.engine.servers:
        return f"servers make the takes of {profile.name}, and know no ranks: set worker.ranks to 1"
    if profile.worker.experts == "exchanged":
        return (
            f'{profile.name} sets worker.experts "exchanged", which ranks cannot do together: set '
            '"resident", or render it with one GPU'
        )
    if profile.early.mode != "off":
        return (
            f'{profile.name} sets early.mode "{profile.early.mode}", and ranks end no take early: set '
            '"off", or render it with one GPU'
        )
    if profile.speed.cache:
        return (
            f"{profile.name} sets speed.cache, by which each rank would leave out blocks as it likes: take "
            "it away, or render it with one GPU"
        )
    if profile.speed.compile:
        return (
            f"{profile.name} sets speed.compile, and what ranks exchange within a block does not compile "
            "into one graph: set it to false, or render it with one GPU"
        )
    return None


def tokens_of(width: int, height: int, frames: int) -> int:
    """Tokens of a clip (4k+1 frames, sides in pixels), as the experts see it."""
    return (width // TOKEN) * (height // TOKEN) * ((frames - 1) // TEMPORAL_STRIDE + 1)


def why_not_shared(profile: Profile, width: int, height: int, frames: int) -> str | None:
    """A sentence where the ranks of the profile cannot share a clip of this size, or a segment of it."""
    if profile.worker.ranks < 2:
        return None
    told = (
        why_undivided(width, height, each, profile.worker.ranks)
        for each in profile.lengths_for(frames)
    )
    return next(filter(None, told), None)


def why_undivided(width: int, height: int, frames: int, count: int) -> str | None:
    """A sentence where the tokens of a clip cannot be dealt out evenly; loads nothing."""
    tokens = tokens_of(width, height, frames)
    if tokens % count == 0:
        return None
    size = _nearest(width, height, frames, count)
    crop = f"crop the still to {size[0]}x{size[1]}, or " if size else ""
    return (
        f"{width}x{height} with {frames} frames is {tokens:,} tokens, which {count} GPUs cannot share "
        f"evenly: {crop}render the shot with a profile of one GPU"
    )


def check_size(recipe: Recipe, count: int) -> None:
    """Raises `ShotRejected` for a clip whose tokens cannot be dealt out evenly."""
    if told := why_undivided(recipe.width, recipe.height, recipe.frames, count):
        raise ShotRejected("size.undivided", told)


def _nearest(width: int, height: int, frames: int, count: int) -> tuple[int, int] | None:
    """The largest size within this one that so many ranks can share."""
    sizes = (
        (width - TOKEN * less_wide, height - TOKEN * less_high)
        for less_wide in range(min(count, width // TOKEN))
        for less_high in range(min(count, height // TOKEN))
    )
    fitting = [size for size in sizes if tokens_of(*size, frames) % count == 0]
    return max(fitting, key=lambda size: (size[0] * size[1], size), default=None)
