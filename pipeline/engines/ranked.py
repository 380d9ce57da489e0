"""An engine that several ranks are together: rank 0 is asked, the others follow it step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeline.engines.protocol import (
    Abilities,
    AtBoundary,
    OnStep,
    StagedEngine,
    Text,
    check_picture,
)
from pipeline.engines.rank_rules import check_size
from pipeline.engines.ranks import Group, LeftOff
from pipeline.errors import RenderFault
from pipeline.recipe import Recipe

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.engines.protocol import Latents
    from pipeline.storage.files import Frames


@dataclass(frozen=True, slots=True)
class Work:
    """What every rank needs of one render."""

    picture: "Image"
    text: "Text"
    recipe: Recipe


class RankedEngine:
    """Rank 0 as its worker asks it: texts and frames are its own affair, latents are all ranks'.

    One render at a time: none may be held in `at_boundary` while another one begins.
    """

    def __init__(self, engine: StagedEngine, group: Group) -> None:
        self._engine, self._group = engine, group

    @property
    def abilities(self) -> Abilities:
        return self._engine.abilities

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> "Text":
        """As the engine does. Raises `RenderFault`."""
        return self._engine.encode_text(prompt, negative, ahead)

    def denoise(
        self,
        picture: "Image",
        text: "Text",
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> "Latents":
        """Latents of the clip, the same on every rank. Raises as the engine does, `ShotRejected` for a size
        whose tokens the ranks cannot share, and `RenderFault` for what another rank met."""
        check_size(recipe, self._group.count)
        check_picture(picture, recipe)  # so that none begins what all would have to end
        group = self._group
        if group.broken is None:
            group.order(Work(picture, text, recipe))
        return group.together(
            lambda: self._engine.denoise(
                picture,
                text,
                recipe,
                lambda step, steps: group.agree(lambda: on_step(step, steps)),
                lambda: group.agree(at_boundary or (lambda: None)),
            )
        )

    def decode(self, latents: "Latents") -> "Frames":
        """As the engine does. Raises `RenderFault`."""
        return self._engine.decode(latents)

    def close(self) -> None:
        """Lets the other ranks go."""
        if self._group.broken is None:
            self._group.order(None)


def follow(engine: StagedEngine, group: Group) -> None:
    """The life of every rank but 0: renders what rank 0 renders, until that lets it go.

    Raises `RenderFault` once the group is broken: this process has to end with it.
    """
    while (work := cast("Work | None", group.order())) is not None:
        try:
            group.together(
                lambda work=work: engine.denoise(
                    work.picture,
                    work.text,
                    work.recipe,
                    lambda _step, _steps: group.agree(),
                    group.agree,
                )
            )
        except (LeftOff, RenderFault):
            if group.broken:
                raise
