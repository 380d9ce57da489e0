"""Puts a take's ComfyUI graph into its film, where ComfyUI looks for it when the film is dropped on its
canvas."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from farm import __version__
from farm.delivery import film_boxes
from farm.delivery.ai_labels.marking import CONTAINERS_OWN
from farm.delivery.film_boxes import DamagedFilm
from farm.delivery.steps import SHOTFARM, Step
from farm.errors import FarmError, Refused
from pipeline.recipe import Recipe

if TYPE_CHECKING:
    from pipeline.profiles.profile import Profile

TOOL = f"{SHOTFARM} {__version__}"
KEYS = ("workflow", "prompt")
"""The canvas, and the graph that a server takes."""
RECIPES = ("recipe", "comment")
"""Where a clip keeps its recipe; the second one is what containers know that keep no keys of their own."""
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


class ComfyGraph:
    """Writes canvas and graph beside what the film says of itself; frames stay what they are.

    Any length of text goes in: nothing passes through a command line, which ends at 128 KiB.
    """

    def __init__(
        self, shot: str, take: int, revision: str, profiles: "Callable[[str], Profile]"
    ) -> None:
        self._name = film_name(shot, take)
        self._profiles = profiles
        self.wanted = Step("graph", TOOL, {"comfyui": list(KEYS), "revision": revision})

    def __call__(self, source: Path, to: Path) -> Step:
        """Raises `Refused` where the film is none of boxes or has no recipe, and where its profile has
        changed since."""
        from pipeline.comfy.takes import OtherProfile, texts

        try:
            said = film_boxes.described(source).tags
            recipe = _recipe(said)
            made = texts(recipe, self._profiles(recipe.profile), self._name)
            tags = {key: text for key, text in said.items() if key not in CONTAINERS_OWN}
            film_boxes.rewrite(
                source, to, tags | {"workflow": made.workflow, "prompt": made.prompt}
            )
        except DamagedFilm as error:
            raise Refused(f"a graph cannot be put into it: {error}") from error
        except (OtherProfile, FarmError) as error:
            raise Refused(
                f"no graph in the film would make it again: {error}; or deliver without --comfy"
            ) from error
        return self.wanted


def film_name(shot: str, take: int) -> str:
    """What ComfyUI is to call films of a take."""
    return f"shotfarm/{_NAME.sub('_', shot).strip('_') or 'shot'}_t{take:02d}"


def _recipe(tags: Mapping[str, str]) -> Recipe:
    for key in RECIPES:
        try:
            return Recipe.from_dict(json.loads(tags[key]))
        except (KeyError, TypeError, ValueError):
            continue
    raise Refused("a graph cannot be put into it: it has no recipe inside")
