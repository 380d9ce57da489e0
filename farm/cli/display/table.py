"""What the tables share: their looks, the colours of states, and times as people read them."""

from datetime import datetime

from rich.table import Table

from farm.domain.lifecycle import ShotState

COLOURS = {
    ShotState.ACCEPTED: "green",
    ShotState.APPROVED: "green",
    ShotState.WAITING: "cyan",
    ShotState.RENDERING: "blue",
    ShotState.NEEDS_REVIEW: "yellow",
    ShotState.FAILED: "red",
    ShotState.REJECTED: "red",
    ShotState.ON_HOLD: "magenta",
}


def table(*headings: str) -> Table:
    """Columns as wide as their words; a last one of prompts takes what is left and is cut there."""
    made = Table(box=None, pad_edge=False, header_style="bold", expand="prompt" in headings)
    for heading in headings:
        right = heading in ("shots", "takes", "match", "seconds")
        made.add_column(
            heading,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if heading == "prompt" else None,
        )
    return made


def coloured(state: ShotState, text: str) -> str:
    """The text in the colour of a state, as rich markup."""
    colour = COLOURS.get(state)
    return f"[{colour}]{text}[/]" if colour and text != "·" else text


def clock(at: datetime) -> str:
    """A time here, to the minute."""
    return at.astimezone().strftime("%d %b %H:%M")
