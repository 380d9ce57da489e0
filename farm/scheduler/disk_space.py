"""Whether the media folder has room for the clips of the next takes.

A full disk would cost a whole render each time, so it is found before a take is handed out.
"""

from pipeline.storage.protocol import Media

LOOK_SECONDS = 5.0
PROBE_BYTES = 4 * 2**20
"""Written to be sure, after a worker found no room: a quota does not show in what a disk has free."""


class DiskSpace:
    """Looks at one media folder, now and then."""

    def __init__(self, media: Media, least: int) -> None:
        """`least` bytes must be free."""
        self._media = media
        self._least = least
        self._next_look = float("-inf")
        self._in_doubt = False
        self._trouble: str | None = None

    def doubt(self) -> None:
        """Somebody found no room; the next look tries to write."""
        self._in_doubt = True
        self._next_look = float("-inf")

    def trouble(self, now: float) -> str | None:
        """A sentence while there is too little room; None when takes may be handed out."""
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            self._trouble = self._look()
            self._in_doubt = self._in_doubt and self._trouble is not None
        return self._trouble

    def _look(self) -> str | None:
        try:
            free = self._media.free()
            if free < self._least:
                return (
                    f"the media folder {self._media.root} has {free / 2**20:.0f} MiB left and the farm "
                    f"wants {self._least / 2**20:.0f}: free some; takes wait meanwhile"
                )
            if self._in_doubt:
                self._media.probe(PROBE_BYTES)
        except OSError as error:
            return (
                f"the media folder {self._media.root} cannot be written ({error.strerror}): "
                "takes wait until it can"
            )
        return None
