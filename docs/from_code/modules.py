"""The tree of modules with each one's sentence, and the public Python face."""

import ast
import dataclasses
import importlib
import importlib.util
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import EnumType
from pathlib import Path
from typing import Any, get_args

from docs.from_code.markdown import attribute_docs, code, first_sentence, prose, table

ROOT = Path(__file__).parents[2]
PACKAGES = ("pipeline", "farm")
FACE = "farm.api"


def tree() -> str:
    """Every module below its folder, with the first sentence of its docstring."""
    parts: list[str] = []
    for package in PACKAGES:
        for folder in sorted({path.parent for path in (ROOT / package).rglob("*.py")}):
            parts += _folder(folder)
    return "\n\n".join(parts)


def face() -> str:
    """What `farm.api` offers to Python programs."""
    if importlib.util.find_spec(FACE) is None:
        return "There is none yet. Programs call the commands: what reads has `--json`."
    module = importlib.import_module(FACE)
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    return "\n\n".join(
        [_paragraphs(inspect.getdoc(module) or ""), *(_offered(module, name) for name in names)]
    )


def _folder(folder: Path) -> Iterator[str]:
    place = folder.relative_to(ROOT)
    told = _sentence(folder / "__init__.py")
    modules = sorted(
        path for path in folder.glob("*.py") if path.name not in ("__init__.py", "__main__.py")
    )
    yield f"## {place}/"
    if told:
        yield told
    if modules:
        yield table(("module", ""), ((code(path.stem), _sentence(path)) for path in modules))


def _sentence(path: Path) -> str:
    if not path.exists():
        return ""
    return first_sentence(ast.get_docstring(ast.parse(path.read_text())) or "")


def _offered(module: object, name: str) -> str:
    value: Any = getattr(module, name)
    parts = [f"## {name}", _paragraphs(_own_doc(value))]
    if isinstance(value, type) and dataclasses.is_dataclass(value):
        told = attribute_docs(value)
        rows = (
            (code(field.name), code(_type(field)), told.get(field.name, ""))
            for field in dataclasses.fields(value)
        )
        parts.append(table(("field", "a", ""), rows))
    elif isinstance(value, EnumType):
        members: Any = value
        parts.append(", ".join(code(each.value) for each in members))
    elif value.__module__ == FACE:
        parts += [
            _method(name, *each) for each in vars(value).items() if not each[0].startswith("_")
        ]
    return "\n\n".join(filter(None, parts))


def _own_doc(value: Any) -> str:
    """What somebody wrote there, and not what a library wrote of its own."""
    told = inspect.getdoc(value) or ""
    return "" if told.startswith(f"{getattr(value, '__name__', '')}(") else told


def _method(owner: str, name: str, method: Any) -> str:
    """A method as it is called, and what it says of itself."""
    function = getattr(method, "__func__", method)
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    given = ast.unparse(node.args).removeprefix("self").removeprefix("cls").removeprefix(", ")
    gives = ast.unparse(node.returns).strip("'") if node.returns else "None"
    head = f"{owner}.{name}({given}) -> {gives}"
    return f"### {name}\n\n```text\n{head}\n```\n\n{_paragraphs(inspect.getdoc(function) or '')}"


def _paragraphs(docstring: str) -> str:
    """A docstring as Markdown; what is indented in it is code."""
    parts = "\n\n".join(
        f"```python\n{textwrap.dedent(each)}\n```" if each.startswith("    ") else prose(each)
        for each in re.split(r"\n\n(?=\S)|\n\n(?=    )(?<=\S\n\n)", docstring)
    )
    return parts.replace("\n```\n\n```python\n", "\n\n")


def _type(field: "dataclasses.Field[Any]") -> str:
    shown: Any = field.type
    plain = isinstance(shown, type) and not get_args(shown)
    return shown.__name__ if plain else re.sub(r"\b[\w.]+\.", "", str(shown))
