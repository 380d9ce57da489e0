"""How far a delivery is: a bar on standard error, gone once it is over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def copying_clips(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """What hears how many clips of how many are copied, and shows it unless `quiet`."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        bar = progress.add_task("Copying clips", total=None, visible=False)
        yield lambda done, total: progress.update(bar, completed=done, total=total, visible=True)
