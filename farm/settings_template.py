"""The `farm.toml` that `farm init` writes: every setting, its default and its reason, all commented out."""

import textwrap
from pathlib import Path

from pydantic import BaseModel

from farm.config import Settings


def template() -> str:
    """The text of the file."""
    lines = [
        "# Settings of this farm. Environment variables (FARM_DATABASE …) go before this file,",
        "# options before both. `farm check` reads it all and names every problem at once.",
    ]
    for name, field in Settings.model_fields.items():
        if name == "user":
            continue
        default = field.get_default(call_default_factory=True)
        lines += ["", *_wrapped(field.description or ""), f"# {name} = {_toml(default)}"]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 96)]


def _toml(value: object) -> str:
    if value is None:
        return '""   # not set'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return "[]" if isinstance(value, tuple) else "{}"
    if isinstance(value, BaseModel):
        keys = (f"{name} = {_toml(each)}" for name, each in value)
        return f"{{ {', '.join(keys)} }}"
    return f'"{value}"' if isinstance(value, str | Path) else str(value)
