"""Takes out of a text what a web page has around and between its words: tags and entities of HTML."""

import html
import re
from html.entities import html5
from typing import NamedTuple

from pipeline.prompts.grammar.clauses import quoted

LONGEST = 10_000
"""Characters; a longer text is read as it stands, as no model reads it anyway."""

_BREAKS = frozenset("br hr p div li ul ol tr h1 h2 h3 h4 h5 h6".split())
"""A line ends where one of these begins or ends."""
_PAIRED = frozenset(
    "a abbr b big blockquote body center code em font i ins mark o:p pre s small span strike strong sub "
    "sup table tbody td th u".split()
)
"""Tags where they are opened and closed; alone they may be a trigger of some model's, as `<s>`."""
_TAG = re.compile(
    r"<!--.{0,500}?-->|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:]*)(?:\s[^<>]*)?/?>", re.DOTALL
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));")
_NEXT = re.compile(r"\s*(\w)")
_BLANKS = re.compile(r"[^\S\n]*\n\s*")


class Cleaned(NamedTuple):
    """A text without HTML."""

    text: str
    taken: tuple[str, ...] = ()
    """The pieces of it that there were, each once."""


def cleaned(text: str) -> Cleaned:
    """The text as the page showed it. What may be meant stays: lettering in quotation marks, `a < b`,
    `<lora:drift:0.8>`, `R&D`; and so does a text of which no word would be left."""
    if len(text) > LONGEST or ("<" not in text and "&" not in text):
        return Cleaned(text)
    tags = list(_tags(text))
    pieces: list[str] = []
    shown: list[str] = []
    at = 0
    for tag in tags:
        shown += [text[at : tag.start()], _line_end(text, tag)]
        at = tag.end()
        pieces.append(tag.group())
    without = _ENTITY.sub(lambda each: _read(each, pieces), "".join([*shown, text[at:]]))
    if not pieces or not without.strip():
        return Cleaned(text)
    lines = _BLANKS.sub("\n", without) if tags else without
    return Cleaned(lines.strip(), tuple(dict.fromkeys(pieces)))


def _line_end(text: str, tag: "re.Match[str]") -> str:
    """A sentence that goes on behind a tag goes on in one line: prompts are parted where lines end."""
    if (tag["name"] or "").lower() not in _BREAKS:
        return ""
    after = _NEXT.match(text, tag.end())
    return " " if after and after[1].islower() else "\n"


def _tags(text: str) -> "list[re.Match[str]]":
    """Those that nobody can have meant."""
    found = list(_TAG.finditer(text))
    signs = [span for span in quoted(text) if span[1] - span[0] < 0.8 * len(text.strip())]
    outside = [
        each for each in found if not any(a < each.start() and each.end() < b for a, b in signs)
    ]
    names = {
        is_end: {
            each["name"].lower() for each in outside if each["name"] and bool(each["end"]) is is_end
        }
        for is_end in (False, True)
    }
    known = _BREAKS | (_PAIRED & names[False] & names[True])
    return [each for each in outside if not each["name"] or each["name"].lower() in known]


def _read(entity: "re.Match[str]", pieces: list[str]) -> str:
    """What an entity stands for, noted as one of the pieces; a name that there is not stays."""
    if entity["name"] and f"{entity['name']};" not in html5:
        return entity.group()
    pieces.append(entity.group())
    return html.unescape(entity.group()).replace("\xa0", " ")
