"""The last steps of every delivered file: its recipe out or a graph in, where that is asked for, its label,
and its signature where there is a key."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.delivery.ai_labels.marking import Mark, WithholdRecipe
from farm.delivery.ai_labels.values import Origin
from farm.delivery.comfy_graph import ComfyGraph
from farm.delivery.listed import Deliverable
from farm.delivery.sources import reading
from farm.delivery.steps import Maker
from pipeline.storage.names import still_path
from pipeline.storage.protocol import Media

if TYPE_CHECKING:
    from farm.delivery.credentials.keys import Signing
    from pipeline.profiles.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """What is said in every file of a delivery, and by whom."""

    production: str
    media: Media
    producer: str = ""
    """Name or code of who makes films, for the label."""
    no_recipe: bool = False
    """Prompt and recipe stay with the studio."""
    signing: "Signing | None" = None
    graphs_by: "Callable[[str], Profile] | None" = None
    """Where films are to open in ComfyUI, its profiles by name."""

    def makers(self, item: Deliverable, before: Sequence[Maker]) -> list[Maker]:
        """What finishes the file of a take, after the makers `before`."""
        origin = Origin(
            production=self.production, shot=item.shot, take=item.take, attempt=item.attempt,
            sha256=item.sha256, producer=self.producer,
        )  # fmt: skip
        makers: list[Maker] = [WithholdRecipe()] if self.no_recipe else []
        if self.graphs_by:
            makers.append(ComfyGraph(item.shot, item.take, item.revision, self.graphs_by))
        makers.append(Mark(origin))
        if self.signing:
            makers.append(self._sign(item, self.signing, before))
        return makers

    def _sign(self, item: Deliverable, signing: "Signing", before: Sequence[Maker]) -> Maker:
        from farm.delivery.credentials.claims import Subject
        from farm.delivery.credentials.signing import Sign

        subject = Subject(
            title=f"{self.production}/{item.shot} take {item.take}",
            model=item.profile,
            revision=item.revision,
        )
        still = still_path(item.still) if item.still else None
        return Sign(
            signing,
            subject,
            lambda: self._at_hand(item.clip),
            lambda: self._at_hand(still),
            [maker.wanted for maker in before],
        )

    @contextmanager
    def _at_hand(self, name: str | None) -> Iterator[Path | None]:
        """Raises `Unreadable`: the folder that is delivered to is well."""
        if name is None:
            yield None
            return
        with reading(self.media.where(name)):
            if there := self.media.exists(name):
                self.media.open(name).close()
        if not there:
            yield None
            return
        with self.media.get(name) as place:
            yield place
