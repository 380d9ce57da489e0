"""The farm from Python: hand in shot lists, run, watch, decide, deliver.

    from farm.api import Farm

    with Farm.open(profile="toy") as farm:
        farm.submit("shots.csv", "nike_ss27")
        farm.run("nike_ss27")
        farm.deliver("nike_ss27", "delivery")

The names in `__all__` are what scripts may rely on. Nothing is printed; what the farm refuses is raised as
a `FarmError`, whose sentence says what to do.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from farm import extras
from farm.config import Settings
from farm.domain.changes import Asked
from farm.domain.events import Event, EventKind, Listener
from farm.domain.lifecycle import ShotState
from farm.errors import FarmError, Refused, UnknownName
from farm.operations.retake import Wishes
from farm.operations.run_summary import Summary

if TYPE_CHECKING:
    from farm.delivery.copying import Delivery
    from farm.delivery.plan import Plan
    from farm.domain.label_decision import LabelDecision
    from farm.operations.finals import Ordered
    from farm.operations.per_shot import PerShot
    from farm.operations.report import Report
    from farm.operations.retake import Foretold, Retaken
    from farm.operations.status import FarmStatus, ShotsStatus
    from farm.operations.submit import Submission
    from farm.store import Store
    from farm.store.queries.shot_story import ShotStory

__all__ = [
    "Asked",
    "Event",
    "EventKind",
    "Farm",
    "FarmError",
    "Listener",
    "Refused",
    "Settings",
    "ShotState",
    "Summary",
    "UnknownName",
    "Wishes",
]


class Farm:
    """A farm whose database is open. Made by `Farm.open`; `close` it, or use it in a `with`.

    Example: `with Farm.open() as farm: print(farm.status().queue.waiting)`
    """

    def __init__(self, settings: Settings, store: "Store") -> None:
        self.settings = settings
        """The settings in force; they do not change any more."""
        self._store = store

    @classmethod
    def open(cls, **settings: Any) -> Self:
        """A farm by its settings: `farm.toml` in this folder, then `FARM_*`, then what is given here.

        A SQLite database that there is not yet is made. Raises `SettingsError` with all that is wrong with
        the settings, and `StoreError`.

        Example: `Farm.open(database="sqlite:///farm.db", media="media", cluster="inline")`
        """
        from farm import config
        from farm.store import open_store

        in_force = config.load(**settings)
        return cls(in_force, open_store(in_force.database))

    def close(self) -> None:
        """Closes the database.

        Example: `farm.close()`
        """
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def submit(
        self,
        shotlist: Path | str,
        production: str,
        *,
        asked: Asked | None = None,
        no_decline: bool = False,
        draft: bool = False,
        dry_run: bool = False,
        encoding: str | None = None,
        sheet: str | None = None,
    ) -> "Submission":
        """Takes the good rows of a shot list into their production; bad ones are among its `problems`.

        Shots that are there already change only as is `asked`. `no_decline` renders shots once whose still
        cannot serve their prompt; with `draft` new and changed shots begin with a draft, which `finals`
        follows; a `dry_run` writes nothing. `encoding` and `sheet` say how the file is to be read where it
        does not tell. Raises `ShotListError` and `Refused`.

        Example: `farm.submit("shots_v2.csv", "nike_ss27", asked=Asked(update=True)).problems`
        """
        from farm.operations import submit as submitting
        from farm.operations.workspace import media_of, source_of

        media = None if dry_run else media_of(self.settings)
        return submitting.submit(
            self.settings,
            self._store,
            Path(shotlist),
            production,
            source_of(self.settings, encoding, sheet, media),
            asked=asked or Asked(),
            who=self.settings.user,
            no_decline=no_decline,
            draft=draft,
            dry_run=dry_run,
        )

    def run(
        self,
        *productions: str,
        listeners: Sequence[Listener] = (),
        on_trouble: Callable[[Sequence[str]], None] = lambda _: None,
        until_idle: bool = True,
        stop: threading.Event | None = None,
    ) -> Summary:
        """Renders what waits of all productions, or of those named, until nothing waits or runs any more.

        Each of `listeners` is called with every `Event`, in this thread, once it is written; what one
        raises ends the run. `on_trouble` hears in sentences what keeps the run from work. Without
        `until_idle` it goes on until `stop` is set, which another thread may do; takes in flight then wait
        for the next run. Raises `UnknownName`, `MissingExtra` where this install leaves out what renders,
        and `FarmError` where the run cannot start or must end.

        Example: `farm.run("nike_ss27", listeners=[lambda event: print(event.kind, event.shot)]).made`
        """
        with extras.needed():
            from farm.operations.run import render
            from farm.scheduler.run import Listeners

            watchers = Listeners(events=listeners, on_trouble=on_trouble)
            return render(
                self.settings,
                self._store,
                until_idle=until_idle,
                productions=productions,
                stop=stop,
                watching=lambda _: nullcontext(watchers),
            )

    def status(self, production: str | None = None) -> "FarmStatus":
        """How every production stands, or one, what waits, and when it will be done. Raises `UnknownName`.

        Example: `farm.status("nike_ss27").productions[0].states[ShotState.NEEDS_REVIEW]`
        """
        from farm.operations.status import farm_status

        return farm_status(self.settings, self._store, production)

    def shots(self, production: str, state: ShotState | None = None) -> "ShotsStatus":
        """How every shot of a production stands, or those in one state. Raises `UnknownName`.

        Example: `[shot.code for shot in farm.shots("nike_ss27", ShotState.NEEDS_REVIEW).shots]`
        """
        from farm.operations.status import shots_status

        return shots_status(self.settings, self._store, production, state)

    def story(self, production: str, shot: str) -> "ShotStory":
        """All that is known of a shot: its takes, why each was made, its events. Raises `UnknownName`.

        Example: `[take.verdict for take in farm.story("nike_ss27", "sh010").takes]`
        """
        from farm.store.queries import shot_story

        return shot_story.tell(self._store, production, shot)

    def retake(
        self,
        production: str,
        *shots: str,
        wishes: Wishes | None = None,
        state: ShotState | None = None,
        why: str = "",
        dry_run: bool = False,
    ) -> "PerShot[Retaken | Foretold]":
        """Orders another take of the shots that are named, or of all in a state, changed as is wished.

        Without a wish it differs by its seed. A `dry_run` only tells what would be rendered. What is
        refused of one shot is told beside what is done of the others. Raises `UnknownName`, and `Refused`
        where neither shots nor a state are named.

        Example: `farm.retake("nike_ss27", "sh010", wishes=Wishes(simplify="L3", cfg=7)).done`
        """
        from farm.operations.retake import retake

        if not shots and state is None:
            raise Refused(
                f"retake of {production}: name shots or a state, not the whole production"
            )
        return retake(
            self.settings,
            self._store,
            production,
            shots,
            wishes or Wishes(),
            state=state,
            who=self.settings.user,
            why=why,
            dry_run=dry_run,
        )

    def approve(
        self, production: str, *shots: str, take: int | None = None, why: str = ""
    ) -> "PerShot[str]":
        """Passes shots: their selected take, or the one of that number, goes into deliveries; a take whose
        file is gone is among the refused.

        Example: `farm.approve("nike_ss27", "sh010", take=2, why="the client likes it").refused`
        """
        from farm.operations.review import approve
        from farm.operations.workspace import media_at_hand

        media, who = media_at_hand(self.settings), self.settings.user
        return approve(self._store, production, shots, take=take, media=media, who=who, why=why)

    def reject(self, production: str, *shots: str, why: str = "") -> "PerShot[str]":
        """Turns shots down: they are left out of deliveries until a retake.

        Example: `farm.reject("nike_ss27", "sh020", why="the shoe melts").done`
        """
        from farm.operations.review import reject

        return reject(self._store, production, shots, who=self.settings.user, why=why)

    def finals(
        self, production: str, *shots: str, take: int | None = None, why: str = ""
    ) -> "PerShot[Ordered]":
        """Orders the full takes of approved drafts: of these shots, or of all that have one. `take` is the
        draft that is meant, where a newer one was made. Raises `UnknownName`, and `Refused` where there is
        none.

        Example: `farm.finals("nike_ss27").done`
        """
        from farm.operations.finals import finals

        return finals(
            self.settings,
            self._store,
            production,
            shots,
            take=take,
            who=self.settings.user,
            why=why,
        )

    def deliver(
        self,
        production: str,
        to: Path | str,
        *,
        keep_old: bool = False,
        plan: "Plan | None" = None,
        label: "LabelDecision | None" = None,
    ) -> "Delivery":
        """Copies the selected take of every accepted or approved shot into the folder `to`, with manifests.

        Each file says that a model made it. A `plan` says what else is made, `label` what was decided on a
        visible label.
        What earlier deliveries put there and is no part any more is removed, unless `keep_old`. Raises
        `UnknownName` and `Refused`, the latter once all others are delivered where a clip cannot be.

        Example: `farm.deliver("nike_ss27", "delivery").clips`
        """
        from farm.operations.deliver import NO_DECISION, deliver

        return deliver(
            self.settings, self._store, production, Path(to), who=self.settings.user,
            keep_old=keep_old, plan=plan, label=label or NO_DECISION,
        )  # fmt: skip

    def report(self, production: str) -> "Report":
        """What a production came to, and how far its scores can be trusted. Raises `UnknownName`.

        Example: `farm.report("nike_ss27").tally.renders_per_passed`
        """
        from farm.operations.report import report

        return report(self.settings, self._store, production)
