"""What a take asks of an engine, whatever makes its frames."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pipeline.recipe import Recipe

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

Text = Any
"""A prompt and its negative as an engine reads them. Nobody else looks into it, but it may be kept:
the same words are the same text to every engine that is loaded of the same profile."""
Latents = Any
"""A clip that is not decoded yet: a tensor, wherever takes are kept. Nobody but its engine knows what the
numbers mean, but another worker of the same profile may go on with them: `decode` changes nothing in
them and takes them from any device, so that one that failed can be tried again without a denoise."""
OnStep = Callable[[int, int], None]
"""Is told `(step, steps)` after each step, counted from 1; what it raises ends the render."""
AtBoundary = Callable[[], None]
"""Is called once the steps above the boundary are done, where others come below it; what it raises ends the
render. Until it returns other threads may ask the engine for whatever they like."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at what a clip is becoming, in its denoise."""

    after: Collection[int]
    """After each of these steps below the boundary, counted from 1, but never after the last one."""
    at: "Callable[[int, Latents], None]"
    """Is told after which step of all, counted from 1, and the estimate of the clean clip, latents for
    `preview`; what it raises ends the render."""


def check_picture(picture: "Image", recipe: Recipe) -> None:
    """Raises `ValueError` for a picture that a model would stretch or cannot read."""
    if (picture.mode, picture.size) != ("RGB", (recipe.width, recipe.height)):
        raise ValueError(
            f"the picture is {picture.mode} of {picture.width}x{picture.height}, the recipe "
            f"wants RGB of {recipe.width}x{recipe.height}: prepare the still for this recipe"
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which attempt at which part of which take, for an engine whose servers outlast it."""

    take: str
    """The take's key; empty where nobody counts attempts, and no other is ever looked for."""
    token: int = 1
    """Counted from 1 by take."""
    segment: int = 0

    @classmethod
    def named(cls, name: str, segment: int = 0) -> "Attempt":
        """That of a `TakeOrder.attempt`."""
        take, _, token = name.rpartition(".")
        return cls(take, int(token), segment) if take else cls("", 1, segment)

    @property
    def before(self) -> "tuple[Attempt, ...]":
        """The attempts at the same part before, the latest first."""
        if not self.take:
            return ()
        tokens = range(self.token - 1, 0, -1)
        return tuple(Attempt(self.take, token, self.segment) for token in tokens)


class Watcher(Protocol):
    """Who is told how far a take is; either call may raise `RenderStopped` to end it."""

    def stage(self, name: str) -> None:
        """A stage begins: one of `pipeline.stages.STAGES`, or `WAITING` or `LOADING`."""
        ...

    def step(self, step: int, steps: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What an engine can do, which never changes while it is loaded."""

    device: str
    """What its frames are made on, as takes, costs and metrics name it: `cpu`, or a card by its name."""
    tells_each_step: bool
    """Every step is told as it is done; otherwise some may be left out, never the last."""
    stops_between_steps: bool
    """What is raised when a step is told ends the render there, and leaves no trace in the next one;
    otherwise the render may end later, or not before it is done."""


@runtime_checkable
class StagedEngine(Protocol):
    """An engine that is asked for text, latents and frames one after the other."""

    @property
    def abilities(self) -> Abilities: ...

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> Text:
        """Both texts as `denoise` takes them. Raises `RenderFault`.

        `ahead` will be asked for soon, by whichever worker: an engine for which it is cheaper to encode
        them now does so, and keeps them.
        """
        ...

    def denoise(
        self,
        picture: "Image",
        text: Text,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Latents:
        """The clip that the recipe asks for, not decoded yet, from its prepared still and its text.

        Raises `RenderFault`, what `on_step` and `at_boundary` raise, and `ValueError` for a picture that
        is not RGB of the recipe's width and height.
        """
        ...

    def decode(self, latents: Latents) -> "Frames":
        """Frames (frames, height, width, 3), uint8 RGB. Raises `RenderFault`."""
        ...


@runtime_checkable
class ForeseeingEngine(StagedEngine, Protocol):
    """A staged engine that lets an unfinished clip be looked at."""

    def denoise(
        self,
        picture: "Image",
        text: Text,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
        look: Look | None = None,
    ) -> Latents:
        """As a staged engine does, and the same latents with a look and without one."""
        ...

    @property
    def seen_through(self) -> str:
        """The fingerprint of its tiny decoder; empty where it has none and `look` must not be given."""
        ...

    def preview(self, latents: Latents) -> "Frames":
        """Rough frames (frames, height, width, 3), uint8 RGB, perhaps smaller ones, of an estimate. May be
        asked within a look alone. Raises `RenderFault`."""
        ...


@runtime_checkable
class WholeEngine(Protocol):
    """An engine that can only be asked for everything at once, as a server that runs whole workflows."""

    @property
    def abilities(self) -> Abilities: ...

    def render(
        self, picture: "Image", recipe: Recipe, watcher: Watcher, attempt: Attempt
    ) -> "Frames":
        """Frames (frames, height, width, 3), uint8 RGB, of the recipe and its prepared still.

        What an attempt before left running or finished may be gone on with. Tells which of the stages
        `text`, `denoise` and `decode` begins, as far as it knows, and the steps. Raises `RenderFault`,
        `RenderLost`, what `watcher` raises, and `ValueError` as `denoise` does.
        """
        ...


Engine = StagedEngine | WholeEngine
"""Makes frames of recipes of one profile, loaded and ready. Threads take turns: one computes at a time.

What its machine or its settings fail of is a `RenderFault`, whatever library it came from.
"""
