"""The names that an attempt has on a server: known before it is sent, and to who comes after it. Pure."""

import uuid
from dataclasses import dataclass

from pipeline.engines.protocol import Attempt
from pipeline.recipe import Recipe

SPACE = uuid.UUID("3c4f5ae0-7b1c-5d0e-9a6e-5f1d2c0b7a41")
MOST_BEFORE = 20
"""Attempts before this one that are looked for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of a server."""

    id: str
    """A UUID, as newer servers want."""

    @property
    def client(self) -> str:
        """Who hears of it: whoever goes on with the prompt of another hears the same."""
        return self.id.replace("-", "")

    @property
    def file(self) -> str:
        """The name of its file of frames, without folder, number and ending."""
        return self.client


def prompt_of(attempt: Attempt, recipe: Recipe, picture: str) -> Prompt:
    """Of one attempt at a recipe with a picture, named by the hash of its file.

    Keys begin anew with each database, and servers may serve several farms: the recipe is part of the name,
    so that whoever has the same makes the same. An attempt that nobody counts has a name of its own.
    """
    if not attempt.take:
        return Prompt(str(uuid.uuid4()))
    told = f"{attempt.take}/{attempt.token}/{attempt.segment}/{recipe.hash}/{picture}"
    return Prompt(str(uuid.uuid5(SPACE, told)))


def prompts_before(attempt: Attempt, recipe: Recipe, picture: str) -> tuple[Prompt, ...]:
    """Those of the attempts before, the latest first."""
    return tuple(prompt_of(each, recipe, picture) for each in attempt.before[:MOST_BEFORE])
