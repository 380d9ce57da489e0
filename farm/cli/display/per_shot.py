"""What became of a wish for several shots: a line for each, and a sentence for each refusal."""

from collections.abc import Callable
from typing import TypeVar

import click

from farm.cli.context import print_json
from farm.operations.per_shot import PerShot

T = TypeVar("T")


def show(answer: PerShot[T], line: Callable[[T], str], *, as_json: bool) -> None:
    """Prints both, in the words of `line`. Exits 1 if any shot was refused."""
    done = [line(each) for each in answer.done]
    if as_json:
        print_json({"done": done, "refused": list(answer.refused)})
    else:
        for each in done:
            click.echo(each)
    for sentence in answer.refused:
        click.echo(f"farm: {sentence}", err=True)
    if answer.refused:
        raise SystemExit(1)
