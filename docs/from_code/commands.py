"""Every command with its words, its options and its examples, as `--help` has them."""

import inspect
from collections.abc import Iterator

import click

from docs.from_code.markdown import code, prose, table
from farm.cli import COMMANDS, farm

AS_IT_IS = "\b"
"""Click's mark before a paragraph that is not wrapped."""


def page() -> str:
    """All commands in the order of their use, groups with what is in them."""
    return "\n\n".join(_told(name, command) for name, command in commands())


def commands() -> Iterator[tuple[str, click.Command]]:
    """Each command by what is typed after `farm`; a group comes before its own."""
    context = click.Context(farm)
    for name in COMMANDS:
        command = farm.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", each) for sub, each in command.commands.items())


def _told(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"farm {name}")
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    words, examples = _words_and_examples(command.help or "")
    parts = [f"## farm {name}", *words, _block(usage), _options(command, context), *examples]
    return "\n\n".join(filter(None, parts))


def _options(command: click.Command, context: click.Context) -> str:
    options = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    records = [record for each in options if (record := each.get_help_record(context))]
    rows = [(code(what), prose(told)) for what, told in records if what != "--help"]
    return table(("option", ""), rows) if rows else ""


def _words_and_examples(text: str) -> tuple[list[str], list[str]]:
    """The paragraphs, and those that click must not wrap: examples."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    kept = [each for each in paragraphs if each.startswith(AS_IT_IS)]
    words = [prose(each) for each in paragraphs if each not in kept]
    return words, [_block(each.removeprefix(AS_IT_IS).strip()) for each in kept]


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
