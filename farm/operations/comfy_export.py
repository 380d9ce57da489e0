"""A take as files that ComfyUI opens: its canvas, the graph for servers, and its start picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import Refused, Unreadable

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from pipeline.comfy.takes import Texts
    from pipeline.profiles.profile import Profile
    from pipeline.recipe import Recipe


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

    Of a take that ComfyUI servers made it is what they were sent. Raises `UnknownName`, `SettingsError` for
    a profile that is gone, and `Refused` where there is no such take or its profile has changed since.
    """
    from farm.delivery.comfy_graph import film_name
    from farm.operations.workspace import profile_of
    from farm.store.queries import shot_story
    from pipeline.comfy.takes import OtherProfile, refuse_other, still_file, texts
    from pipeline.engines.loading import on_servers
    from pipeline.recipe import Recipe
    from pipeline.storage.names import still_path

    story = shot_story.tell(store, production, shot)
    number = take or story.selected or story.takes[-1].number
    found = next((each for each in story.takes if each.number == number), None)
    if found is None:
        raise Refused(f"{shot} has no take {number}; it has {len(story.takes)}")
    recipe = Recipe.from_dict(found.recipe)
    profile, name = profile_of(settings, recipe.profile), film_name(shot, number)
    try:
        refuse_other(recipe, profile)
        made = _sent(recipe, profile, name) if on_servers(profile) else texts(recipe, profile, name)
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


def _sent(recipe: "Recipe", profile: "Profile", name: str) -> "Texts":
    """What servers were sent for the first segment of a take; a canvas cannot be drawn of nodes that are
    theirs."""
    import json

    from pipeline.comfy.takes import Texts, still_file
    from pipeline.engines.loading import graph_for_servers
    from pipeline.recipe_changes import each_segment

    first = each_segment(recipe)[0]
    made = graph_for_servers(profile, first, still_file(recipe), name.rpartition("/")[2])
    return Texts(workflow="", prompt=json.dumps(made, ensure_ascii=False))


def write(settings: "Settings", exported: Exported, to: Path) -> list[Path]:
    """Writes canvas, where there is one, graph and start picture into the folder `to`; the files. What has
    their names is written over. Raises `Refused` where a file cannot be written or the still is gone."""
    from farm.operations.workspace import media_at_hand
    from pipeline.storage.files import put

    media = media_at_hand(settings)
    graphs = {"workflow": exported.texts.workflow, "prompt": exported.texts.prompt}
    contents = {
        f"{exported.name}.{what}.json": text.encode() for what, text in graphs.items() if text
    }
    try:
        with media.open(exported.still) as reading:
            contents[exported.still_file] = reading.read()
    except FileNotFoundError as error:
        raise Refused(
            f"{media.where(exported.still)}, the take's start picture, is missing"
        ) from error
    except OSError as error:
        raise Unreadable(
            f"{media.where(exported.still)}, the take's start picture,", error
        ) from error
    try:
        to.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            put(to / name, content)
    except OSError as error:
        raise Refused(f"cannot export to {to}: {error.strerror or error}") from error
    return [to / name for name in contents]
