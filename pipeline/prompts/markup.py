"""Finds HTML that was pasted into a text with its words: tags and entities."""

import re
from html.entities import html5

from pipeline.prompts.grammar.clauses import Span

_ELEMENTS = frozenset(
    "a abbr acronym article aside audio b bdi bdo big blockquote br canvas cite col colgroup dd del dfn "
    "div dl dt em embed figcaption footer h1 h2 h3 h4 h5 h6 hr html i iframe img input ins kbd li meta "
    "nobr noscript ol optgroup p param pre q rp rt ruby s samp script small span strike strong sub sup "
    "svg tbody td textarea tfoot th thead tr tt u ul var wbr".split()
)
_WORDS = frozenset(
    "address area base body button caption center code data dialog fieldset figure font form frame head "
    "header label legend link main map mark menu meter nav object option output picture progress section "
    "select source style summary table template time title track video".split()
)
"""Elements that may as well be a trigger, as `<style>`: those alone are HTML that have attributes or an
end."""
# Quotation marks hold what stands in an attribute, a `>` too. Bounded, so that no text takes long.
_PIECE = re.compile(
    r"(?P<comment><!(?:--|\[|doctype\b))"
    r"|<(?P<end>/?)(?P<name>[a-z][a-z0-9]{0,15})"
    r"(?P<attributes>(?:\s+[a-z][\w:.-]{0,40}(?:\s*=\s*(?:\"[^\"]{0,300}\"|'[^']{0,300}'|[^\s\"'<>]{1,300}))?){0,50}+)"
    r"\s*/?>"
    r"|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|(?P<entity>[a-z][a-z0-9]{1,31}));",
    re.IGNORECASE,
)


def first_html(text: str) -> Span | None:
    """The first piece of HTML in a text, such as `<br>`, `</b>` or `&nbsp;`; None where there is none.

    `<lora:drift:0.8>`, `<lens-flare>`, `a < b`, `<3`, `AT&T` and `&copy2026` are none.
    """
    if "<" not in text and "&" not in text:
        return None
    found = list(_PIECE.finditer(text))
    ended = {each["name"].lower() for each in found if each["end"]}
    return next((each.span() for each in found if _is_html(each, ended)), None)


def _is_html(piece: "re.Match[str]", ended: set[str]) -> bool:
    if piece["entity"]:
        return f"{piece['entity']};" in html5
    if not piece["name"]:
        return True
    name, attributes = piece["name"].lower(), piece["attributes"]
    if attributes and "=" not in attributes:  # `a <b and c> d`
        return False
    return name in _ELEMENTS or (name in _WORDS and (bool(attributes) or name in ended))
