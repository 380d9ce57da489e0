"""What ships, is installed or is named by a packaged profile may be used commercially, and is listed so."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from pipeline.profiles import profile

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SHIPPED = {
    each
    for name, extra in {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}.items()
    if name not in ("all", "dev", "docs")
    for each in extra
}
LIBRARIES = sorted(re.split(r"[\s\[<>=!~]", each)[0] for each in SHIPPED)
FREE = re.compile(r"\b(?:MIT|BSD|0BSD|Apache|HPND|PSFL?|ISC|Zlib|LGPL|MPL|OFL)\b", re.IGNORECASE)
NOT_FREE = re.compile(
    r"non-?commercial|\bNC\b|research|\bAGPL|(?<!L)GPL-|SSPL|proprietary", re.IGNORECASE
)
"""What nobody may sell by, or what would bind the farm's own code."""


def licence_of(library: str) -> str:
    """What the installed package says of itself."""
    told = metadata.metadata(library)
    classifiers = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    named = [told[name] for name in ("License-Expression", "License") if name in told]
    if not named and not classifiers:
        files = metadata.distribution(library).files or []
        named = [file.read_text()[:200] for file in files if file.name == "LICENSE"]
    return " ".join([*(words[:200] for words in named), *classifiers])


def listed() -> dict[str, str]:
    """The table of licences: what → licence."""
    table = (ROOT / "docs/reference/licences.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (.+?) \|", table, re.MULTILINE)
    return {
        name.strip(" `"): licence
        for names, licence in rows
        for name in re.split(r", (?![^(]*\))", names)
    }


def permitted(licence: str) -> bool:
    return bool(FREE.search(licence)) and not NOT_FREE.search(licence)


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_may_be_used_commercially(library: str) -> None:
    assert permitted(licence_of(library)), licence_of(library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_is_listed_with_a_licence_that_it_has(library: str) -> None:
    licence = listed()[library]
    assert permitted(licence)
    names = re.findall(r"MIT|BSD|Apache|LGPL|HPND|PSF", licence)
    assert any(name in licence_of(library) for name in names), licence_of(library)


@pytest.mark.parametrize("name", profile.names())
def test_every_model_that_a_packaged_profile_names_is_listed_and_free(name: str) -> None:
    chosen = profile.load(name)
    for weights in (chosen.model.weights, chosen.match.weights, chosen.clip.features):
        if weights is not None:
            assert permitted(listed()[weights]), weights


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("Apache-2.0", True),
        ("BSD-3-Clause AND MIT", True),
        ("LGPL-3.0-only", True),
        ("CC-BY-NC-4.0", False),
        ("MIT, for non-commercial research alone", False),
        ("AGPL-3.0", False),
        ("GPL-3.0-or-later", False),
        ("", False),
    ],
)
def test_what_may_not_be_sold_by_is_refused(licence: str, free: bool) -> None:
    assert permitted(licence) is free
