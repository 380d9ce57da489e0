"""What is wrong with a setting, in a sentence: where it stands, what it must be, what it is."""

import difflib
import os
import re
from collections.abc import Collection, Mapping
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

PREFIX = "FARM_"
BESIDE = ("config", "credentials_key")
"""What the farm reads of the environment beside its settings."""
OTHERS = re.compile(
    r"chromium|(test|bench)_.*"  # what the tests and measurements of the farm read
    # What Kubernetes tells its containers of each service, as one called farm-desk.
    r"|(.*_)?(service_(host|port)(_.*)?|port_\d+_(tcp|udp|sctp)(_.*)?)"
)
"""Variables that begin as the farm's and are known to be for others."""
OF_A_SERVICE = re.compile(r"(tcp|udp|sctp)://", re.IGNORECASE)
"""What Kubernetes gives as the port of a service, as in FARM_METRICS_PORT of one called farm-metrics."""
NEAR = 0.8
"""A name that is like one of ours by this much is that one, misspelt."""


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
        place = name if name in given else _place(problem, name, file)
        return f"{place}: {_no_such(str(problem['loc'][-1]), table)}"
    key = str(problem["loc"][0])
    place = f"--{key.replace('_', '-')}" if key in given else _place(problem, name, file)
    if problem["type"] in OF_TYPES:
        message = OF_TYPES[problem["type"]].replace("{name}", name)
    # A key that somebody put there by mistake, or the password of an address, is shown to nobody.
    given_as = "" if key == "credentials" else f" (it is {problem['input']!r})"
    return f"{place}: {message}{given_as}"


def is_of_a_service(variable: str, value: str) -> bool:
    """Whether a variable is Kubernetes', be its name that of a setting."""
    return variable.upper().endswith("_PORT") and bool(OF_A_SERVICE.match(value))


def strange_variables(
    environment: Mapping[str, str], settings: type[BaseModel], tables: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What the environment has under names that begin as those of settings and are none: the sentence on
    each that is meant for the farm, and the names of those that may be anybody's.

    `tables` are the settings that are tables, and how the environment has one.
    """
    known = [*settings.model_fields, *BESIDE]
    meant: list[str] = []
    others: list[str] = []
    for variable, value in environment.items():
        name = variable.upper().removeprefix(PREFIX).lower()
        if not variable.upper().startswith(PREFIX) or name in known:
            continue
        if OTHERS.fullmatch(name) or is_of_a_service(variable, value):
            continue
        if table := next((each for each in tables if name.startswith(f"{each}_")), None):
            meant.append(
                f"{variable}: there is no such setting; {PREFIX}{table.upper()} has the whole table as "
                f"JSON, such as {tables[table]}"
            )
        elif near := _near(name, known):
            told = f"there is no such setting; did you mean {PREFIX}{near.upper()}?"
            meant.append(f"{variable}: {told} If it is for another program, unset it for the farm")
        else:
            others.append(variable)
    return meant, others


def _near(name: str, known: Collection[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=NEAR)), None)


def _no_such(name: str, table: type[BaseModel]) -> str:
    near = _near(name, table.model_fields)
    remedy = (
        f"did you mean {near}?" if near else f"there are: {', '.join(sorted(table.model_fields))}"
    )
    return f"there is no such setting; {remedy}"


def _place(problem: Any, name: str, file: object) -> str:
    """The variable or the file that a setting stands in."""
    key = str(problem["loc"][0])
    variable = f"FARM_{key.upper()}"
    value = os.environ.get(variable)
    if value is None or is_of_a_service(variable, value):
        return f"{file}, {name}"
    return variable if name == key else f"{variable}, {name}"


def _table(settings: type[BaseModel], keys: tuple[Any, ...]) -> type[BaseModel]:
    """The table that keys lead to: a model of its own, or one of a table's tables, as in [limits.toy]."""
    if not keys:
        return settings
    of = settings.model_fields[str(keys[0])].annotation
    models = [each for each in (of, *get_args(of)) if isinstance(each, type)]
    return next(each for each in models if issubclass(each, BaseModel))
