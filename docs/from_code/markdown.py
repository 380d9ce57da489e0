"""Pieces of Markdown, and what a class says of its attributes in the strings below them."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Sequence

NONE = "–"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line breaks and bars in its cells do no harm."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(text: object) -> str:
    """Text in backticks, whatever stands in it; a dash for nothing."""
    return f"`{text}`" if str(text) else NONE


def codes(texts: Iterable[object]) -> str:
    """Several texts in backticks, with commas between them; a dash for none."""
    return ", ".join(map(code, texts)) or NONE


def prose(text: str) -> str:
    """A text of the code as a paragraph: one line, whose backslashes are backslashes."""
    parts = " ".join(text.split()).split("`")
    return "`".join(
        part if at % 2 else part.replace("\\", "\\\\").replace("<", "\\<").replace("*", "\\*")
        for at, part in enumerate(parts)
    )


def first_sentence(docstring: str) -> str:
    """What a docstring says in its first sentence, or in its first line where that is one."""
    whole = " ".join(docstring.strip().partition("\n\n")[0].split())
    sentence, end, _ = whole.partition(". ")
    return prose(sentence + "." if end else whole)


def attribute_docs(owner: type) -> dict[str, str]:
    """The string below each attribute of a class, by the attribute's name."""
    [body] = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign):
            target = before.target
        elif isinstance(before, ast.Assign):
            target = before.targets[0]
        else:
            continue
        match after:
            case ast.Expr(value=ast.Constant(value=str(text))) if isinstance(target, ast.Name):
                found[target.id] = prose(text)
    return found


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
