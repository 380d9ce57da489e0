"""A prompt as the rules read it: no notation of other tools, and traditional characters as simplified ones.

It is a copy in which every character keeps its place: what is found in it stands there in the
author's text.
"""

from functools import lru_cache

from pipeline.prompts.grammar import lexicons, notation


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    return lexicons.simplified(notation.blanked(text))


def written(text: str, copy: str) -> str:
    """The words of a piece of the copy in the author's own characters, as they stand first in the text."""
    own = notation.blanked(text)
    at = plain(text).find(copy)
    said = own[at : at + len(copy)] if at >= 0 else copy
    return said if own == text else " ".join(said.split())
