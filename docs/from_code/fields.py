"""What people may name: settings, columns of a shot list, keys of a profile, extras of the install."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs.from_code.markdown import attribute_docs, code, codes, first_sentence, prose, table
from farm.config import Settings
from farm.extras import EXTRAS, FOR
from farm.shotlist.formats.blank import TOLD
from farm.shotlist.headings import CALLED, COLUMNS, REQUIRED
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import Rung


def settings() -> str:
    """Every setting with its variable, its default and its reason."""
    rows = (
        (
            code(name),
            code(f"FARM_{name.upper()}"),
            _default(name, field),
            prose(field.description or ""),
        )
        for name, field in Settings.model_fields.items()
    )
    return table(("setting", "variable", "default", ""), rows)


def extras() -> str:
    """What each extra of the distribution is for, and the packages that it brings."""
    rows = ((code(f"shotfarm[{name}]"), FOR[name], codes(EXTRAS[name])) for name in EXTRAS)
    return table(("extra", "for", "brings"), rows)


def columns() -> str:
    """Every column of a shot list, with the other headings that it is known by."""
    rows: list[tuple[str, ...]] = []
    for name in COLUMNS:
        told, example = TOLD[name]
        required = "yes" if name in REQUIRED else ""
        rows.append((code(name), required, prose(told), code(example), codes(CALLED[name].split())))
    return table(("column", "required", "", "example", "also called"), rows)


def profile() -> str:
    """Every key of a profile, table by table."""
    fields = Profile.model_fields
    sections = {name: field for name, field in fields.items() if _section(field)}
    own = {name: field for name, field in fields.items() if name not in sections}
    parts = ["## The profile itself", _keys(Profile, own)]
    for name, field in sections.items():
        title = f"## [{name}]" if field.is_required() else f"## [{name}], which may be left out"
        parts += [title, *_told(_section(field) or Profile)]
        for within, table_of in _tables_in(field).items():
            parts += [f"## [{name}.{within}], which may be left out", *_told(table_of)]
    parts += ["## [[ladder]]", *_told(Rung)]
    return "\n\n".join(filter(None, parts))


def _tables_in(field: FieldInfo) -> dict[str, type[BaseModel]]:
    """The tables within a table."""
    section = _section(field)
    fields = section.model_fields if section else {}
    found = {name: _section(each) for name, each in fields.items()}
    return {name: table_of for name, table_of in found.items() if table_of}


def _section(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a field holds, be it one that may be left out; None where it holds a plain value."""
    shown = field.annotation
    kinds = get_args(shown) if isinstance(shown, UnionType) else (shown,)
    return next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None
    )


def _told(section: type[BaseModel]) -> tuple[str, str]:
    own = vars(section).get("__doc__")
    return first_sentence(own) if own else "", _keys(section, section.model_fields)


def _keys(section: type[BaseModel], fields: dict[str, FieldInfo]) -> str:
    told = attribute_docs(section)
    rows = (
        (
            code(name),
            code(_type(field)),
            _default(name, field),
            " ".join([told.get(name, ""), *_bounds(field)]),
        )
        for name, field in fields.items()
    )
    return table(("key", "a", "default", ""), rows)


def _type(field: FieldInfo) -> str:
    shown = field.annotation
    if _section(field):
        return "a table"
    text = (
        shown.__name__ if isinstance(shown, type) and not hasattr(shown, "__args__") else str(shown)
    )
    for cut in ("typing.", "collections.abc.", "pipeline.profiles.remedies.", "pipeline.misses."):
        text = text.replace(cut, "")
    return text.replace("NoneType", "None")


def _default(name: str, field: FieldInfo) -> str:
    if field.is_required():
        return "has to be set"
    if name == "user":
        return "whoever runs the command"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined or value in ("", (), {}):
        return "nothing"
    return code(value) if not isinstance(value, BaseModel) else "as below"


def _bounds(field: FieldInfo) -> Iterator[str]:
    signs = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below", "pattern": "fits"}
    told = [
        f"{word} {code(getattr(each, sign))}"
        for each in field.metadata
        for sign, word in signs.items()
        if getattr(each, sign, None) is not None
    ]
    if told:
        yield f"({', '.join(told)})"
