"""Machines that get no more takes, and get them again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.store import Store


def drain(store: "Store", node: str, *, who: str, why: str = "") -> None:
    """Gives a machine no more takes; what it renders it finishes. Raises `UnknownName` where no run has a
    worker there, `Refused` where it is drained already."""
    from farm.store import workers

    workers.drain(store, node, who, why)


def undrain(store: "Store", node: str, *, who: str, why: str = "") -> None:
    """Gives a drained machine takes again. Raises `Refused` where it is not drained."""
    from farm.store import workers

    workers.undrain(store, node, who, why)
