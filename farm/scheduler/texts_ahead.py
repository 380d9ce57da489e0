"""What takes that wait will ask a text encoder for: sent along, so that who reads one encodes them too."""

from collections.abc import Callable
from dataclasses import replace

from farm.scheduler.pace import Timer
from pipeline.recipe import TakeOrder

MOST_TAKES = 64
"""Waiting takes whose texts are sent along."""
ASK_EVERY = 30.0
"""Seconds between two questions to the database."""


class TextsAhead:
    """The texts of the next takes, asked for now and then."""

    def __init__(self, ask: Callable[[int], tuple[str, ...]]) -> None:
        """`ask` gives the texts of so many takes that wait."""
        self._ask = ask
        self._asked = Timer(ASK_EVERY)
        self._texts: tuple[str, ...] = ()

    def look(self, now: float) -> None:
        """Asks the database, where that is due. Raises `StoreError`."""
        if self._asked.due(now):
            self._texts = self._ask(MOST_TAKES)
            self._asked.restart(now)

    def with_order(self, order: TakeOrder) -> TakeOrder:
        """The order, with what others will ask for soon."""
        return replace(order, ahead=self._texts)
