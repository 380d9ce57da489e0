"""What a run knows of its database: whether it is away, why, and when to ask it again. Pure."""

RETRY_SECONDS = 1.0
"""Between two attempts to reach a database that is away."""


class Outage:
    """One run's knowledge of its database."""

    def __init__(self) -> None:
        self._why: str | None = None
        self._also = ""
        self._next_try = 0.0

    @property
    def away(self) -> bool:
        return self._why is not None

    def begin(self, why: str, now: float) -> None:
        """The database does not answer, or cannot; `why` is its sentence."""
        self._why = why
        self._next_try = now + RETRY_SECONDS

    def also(self, remark: str) -> None:
        """Something people should know beside it, until it is over."""
        self._also = f" ({remark})"

    def end(self) -> None:
        """It answers."""
        self._why, self._also = None, ""

    def may_ask(self, now: float) -> bool:
        return not self.away or now >= self._next_try

    def sentence(self, finished: int) -> str | None:
        """What people should know; `finished` takes wait to be told."""
        if self._why is None:
            return None
        return (
            f"the database is away, renders go on and {finished} finished takes wait for it"
            f"{self._also}: {self._why}"
        )
