"""Reads shot lists that are documents: YAML and JSON, with every number kept as it is written."""

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from farm.errors import ShotListError
from farm.shotlist.encodings.decode import Encoding, decode
from farm.shotlist.headings import column, spelt
from farm.shotlist.rows import Problem, RawList, RawRow

_NULL = "tag:yaml.org,2002:null"


def read_yaml(path: Path, how: Encoding) -> RawList:
    """The shots of a YAML file. Raises `ShotListError` with the line where it is broken."""
    file, text = path.name, decode(path, how)
    try:
        return _shots(file, yaml.load(text, Loader=_TextLoader))  # noqa: S506 - makes text only
    except RecursionError as error:
        raise ShotListError(_too_deep(file)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ShotListError(f"{file} line {line} is not YAML: {error.problem}; mend it") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ShotListError(
            f"{file} line {line} holds an invisible character; remove it"
        ) from error


def read_json(path: Path, how: Encoding) -> RawList:
    """The shots of a JSON file. Raises `ShotListError` with the line where it is broken."""
    file, text = path.name, decode(path, how)
    if not text.strip():
        return RawList()
    try:
        found = json.loads(
            text,
            object_pairs_hook=partial(_object, file),
            parse_int=str,
            parse_float=str,
            parse_constant=str,
        )
    except RecursionError as error:
        raise ShotListError(_too_deep(file)) from error
    except json.JSONDecodeError as error:
        raise ShotListError(
            f"{file} line {error.lineno} is not JSON: {error.msg}; mend it"
        ) from error
    return _shots(file, found)


def _too_deep(file: str) -> str:
    return (
        f"{file} is no shot list: it nests lists within lists too deeply; "
        "write one list of shots, each with shot, image and prompt"
    )


class _TextLoader(yaml.BaseLoader):
    """Keeps every value but null as text. YAML itself makes 8 of 010, 969 of 16:9, false of no."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """PyYAML takes the last of two equal keys without a word."""
        node = super().compose_mapping_node(anchor)
        keys = [key.value for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                mark = node.value[position][0].start_mark
                raise ComposerError(None, None, f"{key} is there twice", mark)
        return node


_TextLoader.add_implicit_resolver(_NULL, re.compile("(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_TextLoader.add_constructor(_NULL, lambda *_: None)


def _object(file: str, pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The json module takes the last of two equal keys without a word."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ShotListError(
                f"{file} has {key} twice in one object, the second time {value!r}; keep one"
            )
        found[key] = value
    return found


def _shots(file: str, found: Any) -> RawList:
    """Rows of `[...]` or of `{shots: [...], defaults: {...}}`."""
    defaults: Mapping[Any, object] = {}
    if isinstance(found, dict) and found.keys() <= {"shots", "defaults"}:
        defaults = found.get("defaults") or {}
        found = found.get("shots")
    if found is None:
        return RawList()
    if not isinstance(found, list) or not isinstance(defaults, dict):
        raise ShotListError(
            f"{file} must be a list of shots, each with shot, image and prompt, "
            "or have that list under `shots` (and fields for all of them under `defaults`)"
        )
    rows = (_row(file, row, entry, defaults) for row, entry in enumerate(found, start=1))
    return RawList(rows, at_most=len(found))


def _row(file: str, row: int, entry: Any, defaults: Mapping[Any, object]) -> RawRow | Problem:
    if not isinstance(entry, dict):
        return Problem(file, row, None, "it is no shot; write fields such as shot, image, prompt")
    return RawRow(row, {_named(str(key)): value for key, value in {**defaults, **entry}.items()})


def _named(key: str) -> str:
    return column(key) or spelt(key)
