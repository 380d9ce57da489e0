"""The farm's series, kept up with its database: events counted once, gauges read when looked at.

What was counted is kept in the database now and then, so that the next process need not begin with the
first event. Several processes may do so side by side: each keeps what it counted itself.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from farm.errors import FarmError, SchemaError, StoreError
from farm.listeners import metrics
from farm.listeners.metrics import FarmMetrics, Fold, Horizon, Keys, Now, Seen
from farm.listeners.metrics.fold import COUNTED, VERSION
from farm.operations.workspace import media_at_hand
from farm.store import Store, kept_folds, session
from farm.store.queries import gauges
from pipeline.storage.protocol import Media

if TYPE_CHECKING:
    from farm.config import Settings

LOOK_EVERY = 2.0
"""Seconds between two looks at the log of events while the series are served."""
KEEP_AFTER = 2000
"""Events that are worth keeping the count for."""

_log = logging.getLogger(__name__)


class Figures:
    """What `farm metrics` shows."""

    def __init__(self, store: Store, *, media: Media | None = None, least_room: int = 0) -> None:
        """Counts all events that there are. `least_room` bytes should be free under `media`; None leaves
        the folder out. Raises `StoreError`."""
        self._store = store
        self.now = Now(self._seen, self._pairs, media=media, least_room=least_room)
        self.series = FarmMetrics(self.now)
        self._keys = Keys()
        self._mark: tuple[int, dt.datetime | None] = (0, None)
        """An event that was counted, and when it happened: by it the log is known again."""
        self._not_kept = 0
        self._go_on()
        self.look()

    def look(self) -> None:
        """Counts what has come since the last look. Raises `StoreError`; the next look goes on."""
        key, at = self._mark
        log = kept_folds.complete(self._store, about=key)
        if log.at != at:
            _log.warning("the database is not the one that was counted: all events are read again")
            self._begin_anew()
        found = kept_folds.events_between(
            self._store, self._keys.gaps(), self._keys.newest, COUNTED
        )
        for told in found:
            with self.series.counting:
                self._keys.add(told.key)
                self.series.count(
                    told.kind, told.production, told.profile, told.data,
                    at=told.at, attempt=(told.shot_key, told.take, told.attempt),
                )  # fmt: skip
            self._not_kept += 1
        self._keys.settle(Horizon(log.newest, log.begun, log.ended))
        newest = self._keys.newest
        self._mark = (newest, kept_folds.complete(self._store, about=newest).at)

    def keep(self) -> None:
        """Keeps what was counted, where it is worth it. Raises `StoreError` where that cannot be."""
        newest, at = self._mark
        if self._not_kept < KEEP_AFTER or at is None:
            return
        self._not_kept = 0
        kept = kept_folds.Kept(
            newest=newest,
            newest_at=at,
            keys=self._keys.as_dict(),
            counts=self.series.fold.as_dict(),
        )
        kept_folds.keep(self._store, VERSION, kept)

    def _go_on(self) -> None:
        """With what was kept, where it is of this code and of this log."""
        kept = kept_folds.kept(self._store, VERSION)
        if kept is None:
            return
        if kept_folds.complete(self._store, about=kept.newest).at != kept.newest_at:
            _log.warning("what was kept is of another log: all events are read again")
            return
        try:
            keys, fold = Keys.from_dict(kept.keys), Fold.from_dict(kept.counts)
        except (KeyError, TypeError, ValueError) as error:
            _log.warning("what was kept cannot be read (%r): all events are read again", error)
            return
        self._keys, self.series.fold = keys, fold
        self._mark = (kept.newest, kept.newest_at)

    def _begin_anew(self) -> None:
        with self.series.counting:
            self.series.fold = Fold()
        self._keys = Keys()
        self._not_kept = 0

    def _pairs(self) -> list[tuple[str, str]]:
        with self.series.counting:
            return self.series.fold.pairs

    def _seen(self) -> Seen:
        now = gauges.look(self._store)
        return Seen(
            shots=now.shots,
            drafts=now.drafts,
            waiting=now.waiting,
            held=now.held,
            running=now.running,
            waits=now.waits,
            workers=now.workers,
            holding=now.holding,
            headcount=now.headcount,
        )


def figures_of(store: Store, settings: "Settings") -> Figures:
    """All that the database and the media folder of a farm have to tell. Raises `StoreError`."""
    least = settings.min_free_mb * 2**20
    return Figures(store, media=media_at_hand(settings), least_room=least)


def samples(series: FarmMetrics) -> dict[str, float]:
    """Every sample by its name with its labels, as Prometheus' text format writes it."""
    found: dict[str, float] = {}
    for family in series.registry.collect():
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def serve(
    store: Store,
    figures: Figures,
    host: str,
    port: int,
    *,
    on_address: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    """Serves until it is interrupted; events that come meanwhile are counted every few seconds.

    `on_address` hears where, `say` what changes. Raises `FarmError` where the port is taken.
    """
    try:
        used, close = metrics.serve(figures.series, host, port)
    except OSError as error:
        raise FarmError(f"{host}:{port}: {error.strerror}; choose another port") from error
    on_address(f"http://{host}:{used}/metrics")
    never = threading.Event()
    try:
        keep_up(store, figures, lambda: never.wait(LOOK_EVERY), say)
    finally:
        close()


def keep_up(
    store: Store, figures: Figures, wait: Callable[[], bool], say: Callable[[str], None]
) -> None:
    """Looks again after each `wait`, until that answers True; goes on while the database is away.

    `say` gets a sentence for people when something changes. Raises `SchemaError` where the database was
    upgraded to what this farm does not know.
    """
    told: str | None = None
    while not wait():
        try:
            session.still_known(store)
            figures.look()
            trouble = None
        except SchemaError:
            raise
        except StoreError as error:
            trouble = str(error)
        figures.now.look()
        if bool(trouble) != bool(told):
            say(f"the database is away: {trouble}" if trouble else "the database is back")
        told = trouble
        if not trouble:
            keep(figures, say)


def keep(figures: Figures, say: Callable[[str], None]) -> None:
    """Keeps what was counted; where that cannot be, people are told what it costs."""
    try:
        figures.keep()
    except StoreError as error:
        say(
            f"what was counted could not be kept, so the next start counts from further back: {error}"
        )
