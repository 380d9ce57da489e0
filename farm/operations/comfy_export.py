"""A take as files that ComfyUI opens: its canvas, the graph for servers, and its start picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import Refused

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from pipeline.comfy.takes import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A take's graph."""

    shot: str
    take: int
    texts: "Texts"
    still: str
    """The prepared still, relative to the media root."""
    still_file: str
    """The name that the graph asks for it by."""
    segments: int
    """Of the take's clip; the graph makes the first."""

    @property
    def name(self) -> str:
        return f"{self.shot}_t{self.take:02d}"


def export(
    settings: "Settings", store: "Store", production: str, shot: str, take: int | None = None
) -> Exported:
    """The graph of a take; of the selected one, or the last, where none is named.

    Raises `UnknownName`, `SettingsError` for a profile that is gone, and `Refused` where there is no such
    take or its profile has changed since.
    """
    from farm.delivery.comfy_graph import film_name
    from farm.operations.workspace import profile_of
    from farm.store.queries import shot_story
    from pipeline.comfy.takes import OtherProfile, still_file, texts
    from pipeline.recipe import Recipe, still_path

    story = shot_story.tell(store, production, shot)
    number = take or story.selected or story.takes[-1].number
    found = next((each for each in story.takes if each.number == number), None)
    if found is None:
        raise Refused(f"{shot} has no take {number}; it has {len(story.takes)}")
    recipe = Recipe.from_dict(found.recipe)
    try:
        made = texts(recipe, profile_of(settings, recipe.profile), film_name(shot, number))
    except OtherProfile as error:
        raise Refused(f"no graph would make take {number} again: {error}") from error
    return Exported(
        shot=shot,
        take=number,
        texts=made,
        still=still_path(recipe.still),
        still_file=still_file(recipe),
        segments=len(recipe.lengths),
    )


def write(settings: "Settings", exported: Exported, to: Path) -> list[Path]:
    """Writes canvas, graph and start picture into the folder `to`; the files. What has their names is
    written over. Raises `Refused` where a file cannot be written or the still is gone."""
    from farm.operations.workspace import media_at_hand
    from pipeline.storage.files import put

    media = media_at_hand(settings)
    contents = {
        f"{exported.name}.workflow.json": exported.texts.workflow.encode(),
        f"{exported.name}.prompt.json": exported.texts.prompt.encode(),
    }
    try:
        with media.open(exported.still) as reading:
            contents[exported.still_file] = reading.read()
        to.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            put(to / name, content)
    except FileNotFoundError as error:
        raise Refused(
            f"{media.where(exported.still)}, the take's start picture, is missing"
        ) from error
    except OSError as error:
        raise Refused(f"cannot export to {to}: {error.strerror or error}") from error
    return [to / name for name in contents]
