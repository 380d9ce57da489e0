"""A list's encoding is told rightly or not at all: a person is then shown what the bytes may say."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.errors import ShotListError
from farm.shotlist import Source, read
from farm.shotlist.decode import Encoding, decode, encoding_of
from farm.shotlist.encoding import surest
from farm.shotlist.mojibake import complaint

PROMPTS = json.loads(
    (Path(__file__).parents[1] / "data/prompts_of_many_languages.json").read_text()
)
HEADER = "shot,image,prompt,notes\r\n"
STRANGE = {
    "greek": ["cp737", "mac-greek"],
    "hebrew": ["cp862"],
    "arabic": ["iso8859-6"],
    "russian": ["mac-cyrillic"],
}
"""Encodings of other systems than today's."""


def lists(kind: str) -> Iterator[tuple[str, str, str]]:
    """Language, encoding and text of lists: each prompt alone, three of them, and all, many times over."""
    for language, told in PROMPTS.items():
        prompts = told[kind]
        sets = [[each] for each in prompts] + [prompts[:3], prompts, prompts * 40]
        for encoding in [*told["encodings"], *STRANGE.get(language, [])]:
            for each in sets:
                rows = (
                    f"sh{at:03}0,stills/a{at}.png,{prompt},\r\n" for at, prompt in enumerate(each)
                )
                text = (HEADER + "".join(rows)).encode(encoding, "ignore").decode(encoding)
                if not text.isascii():
                    yield language, encoding, text


def judged(kind: str, place: Path) -> Counter[str]:
    counts = Counter[str]()
    for language, encoding, text in lists(kind):
        place.write_bytes(text.encode(encoding))
        try:
            found = decode(place, encoding_of(place))
        except ShotListError as refusal:
            assert "--encoding" in str(refusal)
            counts["refused"] += 1
            continue
        kind_of = (
            "hit"
            if found == text
            else f"wrong: {language} as {encoding}: {found[len(HEADER) : 90]}"
        )
        counts[kind_of] += 1
    return counts


@pytest.mark.parametrize(("kind", "least"), [("tuned", 0.9), ("held_out", 0.9)])
def test_no_list_is_read_in_a_wrong_encoding_and_most_are_read(
    kind: str, least: float, tmp_path: Path
) -> None:
    counts = judged(kind, tmp_path / "shots.csv")

    assert set(counts) <= {"hit", "refused"}
    assert counts["hit"] >= least * counts.total(), counts
