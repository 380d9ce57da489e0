"""The tree of modules with each one's sentence, and the public Python face."""

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path

from docs.from_code.markdown import code, first_sentence, prose, table

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
        [prose(inspect.getdoc(module) or ""), *(_offered(module, name) for name in names)]
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
    value = getattr(module, name)
    told = inspect.getdoc(value) or ""
    try:
        head = f"{name}{inspect.signature(value)}"
    except (TypeError, ValueError):
        head = name
    return f"## {name}\n\n```python\n{head}\n```\n\n{told}"
