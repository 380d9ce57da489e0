"""Tells which language a prompt is in, by a vote of its words for English, against it, or neither."""

import re
import unicodedata
from functools import cache

from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.clauses import HAN, Language, is_han, quoted
from pipeline.prompts.words.english import ADJECTIVES, FUNCTION_WORDS
from pipeline.prompts.words.languages import COGNATES, FOREIGN
from pipeline.prompts.words.praise import STRONG
from pipeline.prompts.words.verbs import VERBS

_HAN = re.compile(rf"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MEASURE = re.compile(
    r"(?<![^\W\d_])(?:[a-zA-Z]/?)?\d+(?:[.,:]\d+)*[a-zA-Z]{0,5}(?![^\W_])|\b(?:ISO|fps|mm)\b",
    re.IGNORECASE,
)
"""85mm, f/1.4, 24fps, 16:9: no language has them for its own."""
_ENGLISH_OR_HAN = re.compile(rf"[A-Za-z\u00c0-\u024f{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_JAPANESE = re.compile(
    r"(?<=[\u3400-\u9fff\u30a0-\u30ff])[がをにはでともへ](?=[\u3400-\u9fff\u30a0-\u30ff]|$)"
    r"|[気駅桜円図売読変歩満渋沢浜亜黒糸様働込畑峠匂枠]"
)
"""Particles between characters, and characters that Chinese writes otherwise."""
_ENDING = re.compile("['’](?:s|t|re|ll)?$")
_NAME = re.compile(
    r"(?<!\w)(?:La|Le|Les|Los|Las|El|De|Da|Du|Dos|Il|San|Santa|Van|Von|Di|Del|Della)\s(?=[A-Z])[^\W\d_]+"
)
"""Las Vegas, Le Creuset: no Romance language writes a common noun large."""
_ENGLISH = FUNCTION_WORDS | ADJECTIVES | STRONG | frozenset(VERBS)
_FOREIGN = frozenset[str]().union(*FOREIGN.values())


def most_of(text: str) -> Language:
    """Which of the two languages that the rules know more of a readable text is in."""
    return "zh" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "en"


def is_readable(text: str) -> bool:
    """Whether a text without notation is English or Chinese, the languages that the rules know."""
    if is_han(text):  # Chinese keyboards write Latin letters full-width
        text = unicodedata.normalize("NFKC", text)
    letters = len(_LETTER.findall(text))
    if not letters or len(_ENGLISH_OR_HAN.findall(text)) < 0.8 * letters:
        return False
    return not _JAPANESE.search(text) if is_han(text) else _is_english(text)


def _is_english(text: str) -> bool:
    """More for it than against it; lettering in quotes has no say where something else is said."""
    for nobodys in (_MEASURE, _NAME):
        left = nobodys.sub(" ", text)
        text = left if _WORD.search(left) else text
    signs = quoted(text)
    said = [m for m in _WORD.finditer(text) if not any(a < m.start() < b for a, b in signs)]
    words = [match.group() for match in said or _WORD.finditer(text)]
    votes = [_vote(word) for word in words]
    return sum(votes) > 0 or not any(votes)


def _vote(word: str) -> float:
    """2 for a small English word, 1.5 for a verb, 1 for others; -2 for a foreign word, -1 for an unknown.

    0 where several languages write it so. A name may be anything: an unknown word that begins
    large counts half.
    """
    weight = _weight(word.lower())
    return weight / 2 if weight == -1 and word[0].isupper() else weight


@cache
def _weight(word: str) -> float:
    known = _is_known(word)
    if word in _FOREIGN:
        return 0.0 if known else -2.0
    if word in COGNATES:
        return 0.0
    if known:
        return 2.0 if word in FUNCTION_WORDS else 1.5 if word in VERBS else 1.0
    return -1.0


@cache
def _is_known(word: str) -> bool:
    """Whether it is an English word, be it one with accents such as café."""
    if _listed(word) or word.isascii():
        return _listed(word)
    bare = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return len(bare) > 2 and _listed(bare)


def _listed(word: str) -> bool:
    word = _ENDING.sub("", word) if "'" in word or "’" in word else word
    return word in _ENGLISH or (len(word) > 2 and bool(lexicons.classes(word)))
