"""A take's recipe as the two texts that ComfyUI opens: the canvas and the graph that a server takes."""

import json
from dataclasses import dataclass

from pipeline.comfy import classes, drawing, graph, writing
from pipeline.comfy.experts import Lora
from pipeline.comfy.writing import Written
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import LoraSection
from pipeline.recipe import Recipe

EULER = (1, False)
"""Order and corrector of UniPC where it is Euler's solver."""


@dataclass(frozen=True, slots=True)
class Texts:
    """JSON under the names that ComfyUI looks for in a film."""

    workflow: str
    """The canvas; empty where none can be drawn."""
    prompt: str


class OtherProfile(ValueError):
    """The profile is not what the take was made with any more, or says nothing of a graph of ours."""


def still_file(recipe: Recipe) -> str:
    """The name that a graph asks for the take's start picture by."""
    return f"{recipe.still}.png"


def texts(recipe: Recipe, profile: Profile, name: str) -> Texts:
    """The take as a canvas and as a graph, always the same for the same take; `name` is what its films are
    called. Of a clip of several segments they make the first.

    Raises `OtherProfile` as `refuse_other` does, and for a take that servers made, by files and nodes that
    are theirs.
    """
    refuse_other(recipe, profile)
    if profile.engine.kind == "comfyui":
        raise OtherProfile(
            f"{recipe.profile} is rendered on ComfyUI servers, by files and nodes of theirs that no canvas "
            "of ours shows; `farm comfy export` writes the graph that they are sent"
        )
    made = writing.graph(_written(recipe, profile, name))
    drawn = drawing.canvas(made, classes.known(), recipe.hash)
    drawn["extra"] = {
        "shotfarm": {
            "recipe": recipe.hash,
            "profile": recipe.profile,
            "revision": recipe.revision,
            "segments": len(recipe.lengths),
        }
    }
    return Texts(
        workflow=json.dumps(drawn, ensure_ascii=False),
        prompt=json.dumps(graph.as_prompt(made), ensure_ascii=False),
    )


def refuse_other(recipe: Recipe, profile: Profile) -> None:
    """Raises `OtherProfile` where the profile has changed since: what it no longer says nobody knows."""
    if (profile.name, profile.revision) != (recipe.profile, recipe.revision):
        raise OtherProfile(
            f"{recipe.profile} is of revision {profile.revision} now, and the take was made with "
            f"{recipe.revision}: bring that one back"
        )


def _written(recipe: Recipe, profile: Profile, name: str) -> Written:
    sampler = profile.sampler
    return Written(
        prompt=recipe.prompts[0],
        negative=recipe.negative,
        seed=recipe.seed,
        steps=recipe.steps,
        boundary=profile.model.boundary,
        shift=profile.flow_shift,
        cfg_high=recipe.cfg_high,
        cfg_low=recipe.cfg_low,
        euler=(sampler.solver_order, sampler.corrector) == EULER,
        width=recipe.width,
        height=recipe.height,
        frames=recipe.lengths[0],
        fps=recipe.fps,
        still=still_file(recipe),
        name=name,
        high=[_lora(each) for each in profile.model.loras if each.expert == "high"],
        low=[_lora(each) for each in profile.model.loras if each.expert == "low"],
    )


def _lora(section: LoraSection) -> Lora:
    return Lora(section.file, section.strength)
