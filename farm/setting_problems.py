"""What is wrong with a setting, in a sentence: where it stands, what it must be, what it is."""

import os
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel

OF_TYPES = {
    "path_type": 'it must be a path in quotes, such as "media"',
    "model_type": "it is a table: write it as [{name}] and its lines below",
    "dict_type": "it is a table: write it as [{name}] and its lines below",
    "int_parsing": "it must be a whole number, without a unit",
    "int_type": "it must be a whole number, without a unit",
    "int_from_float": "it must be a whole number",
    "float_parsing": "it must be a number, without a unit",
    "float_type": "it must be a number, without a unit",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "string_type": "it must be text in quotes",
}
"""Instead of pydantic's words, which speak of Python's types."""


def sentence(
    problem: Any, settings: type[BaseModel], file: object, given: Mapping[str, Any]
) -> str:
    """One problem that pydantic found; `given` are options, `file` is the farm.toml that was read."""
    name = ".".join(map(str, problem["loc"]))
    message = problem["msg"].removeprefix("Value error, ")
    if not name:
        return message
    if problem["type"] == "extra_forbidden":
        table = _table(settings, problem["loc"][:-1])
        known = ", ".join(sorted(table.model_fields))
        place = name if name in given else _place(problem, name, file)
        return f"{place}: there is no such setting; there are: {known}"
    key = str(problem["loc"][0])
    place = f"--{key.replace('_', '-')}" if key in given else _place(problem, name, file)
    if problem["type"] in OF_TYPES:
        message = OF_TYPES[problem["type"]].replace("{name}", name)
    # A key that somebody put there by mistake, or the password of an address, is shown to nobody.
    given_as = "" if key == "credentials" else f" (it is {problem['input']!r})"
    return f"{place}: {message}{given_as}"


def _place(problem: Any, name: str, file: object) -> str:
    """The variable or the file that a setting stands in."""
    key = str(problem["loc"][0])
    variable = f"FARM_{key.upper()}"
    if variable not in os.environ:
        return f"{file}, {name}"
    return variable if name == key else f"{variable}, {name}"


def _table(settings: type[BaseModel], keys: tuple[Any, ...]) -> type[BaseModel]:
    """The table that keys lead to: a model of its own, or one of a table's tables, as in [limits.toy]."""
    if not keys:
        return settings
    of = settings.model_fields[str(keys[0])].annotation
    models = [each for each in (of, *get_args(of)) if isinstance(each, type)]
    return next(each for each in models if issubclass(each, BaseModel))
