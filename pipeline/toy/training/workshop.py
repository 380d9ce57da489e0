"""Where a part is trained: the folder it is kept in, the device, and who hears how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Stopped(Exception):
    """Training was asked to stop; what is done is kept, and the next start goes on from there."""


def _unheard(done: int, of: int, loss: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder of trained parts, and the device to train on.

    `told(done, of, loss)` hears of every step and may raise `Stopped`; `say` takes a sentence on how
    good a part is by now.
    """

    folder: Path
    device: str = "cpu"
    told: Callable[[int, int, float], None] = _unheard
    say: Callable[[str], None] = lambda sentence: None

    def has(self, name: str) -> bool:
        return self._place(name).exists()

    def keep(self, name: str, values: Any) -> None:
        """Saves tensors and plain values under a name, so that nobody ever reads half a file."""
        import torch

        unfinished = self.folder / f"{name}.new"
        torch.save(values, unfinished)
        unfinished.replace(self._place(name))

    def take(self, name: str) -> Any:
        """What was kept under a name, its tensors on the CPU."""
        import torch

        return torch.load(self._place(name), weights_only=True, map_location="cpu")

    def drop(self, name: str) -> None:
        """Forgets what was kept under a name, if anything was."""
        self._place(name).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}.pt"
