"""The right to finish one attempt of one take. Pure."""

import datetime as dt
from dataclasses import dataclass

from farm.domain.placement import Seat
from farm.domain.shot import ShotName
from pipeline.recipe import Recipe, TakeOrder


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to finish one attempt of one take."""

    take_id: int
    token: int
    """The attempt's number; whoever names another one is late."""
    shot: ShotName
    number: int
    rung: int
    recipe: Recipe
    owner: str
    worker: str
    started_at: dt.datetime
    """When the attempt began, by the database's clock."""
    node: str = ""
    """The machine that the worker is on."""
    by_hand: bool = False
    """Whether a person ordered the take."""
    wish: str = ""
    """The shot's own prompt at the claim; empty in a lease of before it was kept."""
    no_decline: bool = False
    """Its shot is rendered where others would be declined."""
    must_keep: tuple[str, ...] = ()
    """The shot's own."""
    draft: bool = False
    """What it makes is a draft."""
    final: bool = False
    """A person ordered it as the full take of a draft that was approved; no take of the ladder after it."""

    def order(self) -> TakeOrder:
        """What the worker is asked for."""
        return TakeOrder(
            recipe=self.recipe,
            clip=self.clip,
            title=self.title,
            insisted=self.by_hand,
            no_decline=self.no_decline,
            wish=self.wish,
            must_keep=self.must_keep,
            approved=self.final,
            attempt=self.key,
            previews=True,
        )

    @property
    def seat(self) -> Seat:
        return Seat(self.worker, self.node)

    @property
    def key(self) -> str:
        """The attempt's name among all attempts."""
        return f"{self.take_id}.{self.token}"

    @property
    def title(self) -> str:
        """As the dashboard shows it: `nike_ss27/sh010 take 2`."""
        return f"{self.shot.production}/{self.shot.code} take {self.number}"

    @property
    def clip(self) -> str:
        """Where this attempt's clip goes, relative to the media root; no other attempt's name.

        The run's own mark is in it: a media root may outlive its database, and the numbers begin anew. So
        is the take's key: a code may go from one shot to another.
        """
        shot = self.shot
        return clip_name(shot.production, shot.code, self.number, self.key, self.owner)


def clip_name(production: str, code: str, take: int, attempt: str | int, owner: str) -> str:
    """Where an attempt puts its clip, relative to the media root. `attempt` is its key; until shots could
    be renamed it was the token alone."""
    run = owner.rpartition(":")[2]
    return f"clips/{production}/{code}/{code}_t{take:02d}_a{attempt}_{run}.mp4"
