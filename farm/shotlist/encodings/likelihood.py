"""Judges in which encoding bytes were written that are not UTF-8.

How likely a text is, chardet's models of letter pairs say. They always name something; so what they name
must be a text that its language can write, and be clearly likelier than any other that the bytes may be.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from farm.shotlist.encodings import plausible

CODECS = {
    name: name
    for name in (
        "gb18030 cp932 cp949 cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 "
        "iso8859-15 iso8859-2 iso8859-5 iso8859-6 iso8859-7 iso8859-9 koi8-r koi8-u "
        "mac-roman mac-latin2 mac-cyrillic mac-greek "
        "cp437 cp850 cp852 cp855 cp857 cp866 cp720 cp737 cp862 johab"
    ).split()
} | {"big5hkscs": "cp950", "euc_jis_2004": "euc_jp"}
"""What spreadsheets and editors of the last thirty years write where they do not write Unicode: chardet's
name, and the codec of Python that reads it as Windows does."""
NAMES = {
    "gb18030": "GBK", "cp950": "Big5", "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "cp949": "EUC-KR",
    "mac-roman": "Mac Roman", "koi8-r": "KOI8-R", "koi8-u": "KOI8-U",
}  # fmt: skip
"""As people call them, where that is not the codec's name."""
COMMON = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "cp950": ("big5", 0xA4, 0xC6),
    "cp932": ("euc_jp", 0xB0, 0xCF),
    "euc_jp": ("euc_jp", 0xB0, 0xCF),
    "cp949": ("euc_kr", 0xB0, 0xC8),
    "johab": ("euc_kr", 0xB0, 0xC8),
}
"""Where GB 2312, Big5, JIS X 0208 and KS X 1001 keep their common characters, by the first byte."""

Told = Mapping[str, Mapping[str, object]]
"""What chardet says of each of its encodings."""
RARE = 0.25
"""Share of East Asian characters that may be none of the common ones."""
ODD = 0.05
"""Share of words that may be odd: names of products are."""
NEAR = (
    frozenset({"fr", "es", "pt", "gl", "ca", "it"}),
    frozenset({"sv", "da", "no", "is"}),
    frozenset({"cs", "sk"}),
    frozenset({"sl", "hr", "sr", "bs", "sq"}),
)
"""Languages that are taken for each other where little is written."""
LEAST = {"": 0.03, "THAI": 0.06}
"""Likelihood below which nothing is believed."""
STRANGER = 1.03
"""So many times likelier than a text in another language than its likelihood is of."""
IMPOSSIBLE = 3.0
"""So many times likelier may a reading be that no language allows; beyond it the others are in doubt."""
USUAL = "cp1252"
"""What most lists are in that are not UTF-8: more must speak for others while letters are few."""
FEW = 24
WORDS = 4
"""Words that a text in Latin letters has at least."""
SIGNS = 6.0
"""So many times likelier than one with special signs alone, of which letter pairs know nothing."""
AHEAD = {
    "LATIN": ((40, 1.15), (24, 1.25), (9, 1.6), (5, 2.0), (3, 3.0)),
    "EAST": ((40, 1.15), (16, 1.5), (12, 2.5), (8, 4.0)),
    "": ((40, 1.15), (16, 1.5), (10, 2.5)),
}
"""So many times likelier than any other text must a reading be, by the letters that speak for it; with
fewer than these none is believed. A word in Latin letters stands among others that are plain ASCII."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What some bytes say in one encoding."""

    encoding: str
    text: str
    likelihood: float
    """As chardet tells it, 0..1; comparable among readings of the same bytes."""
    possible: bool
    """Some language can be written so."""
    fitting: bool
    """The language that chardet takes it for can be."""

    @property
    def name(self) -> str:
        """The encoding as people call it."""
        return NAMES.get(self.encoding, self.encoding)


def readings(sample: bytes) -> list[Reading]:
    """All different texts that the bytes may be: possible ones first, the likeliest before others."""
    import chardet

    told = chardet.detect_all(
        sample, ignore_threshold=True, include_encodings=list(CODECS), compat_names=False
    )
    told_of = {str(each["encoding"]): each for each in told}
    codecs: dict[str, list[str]] = {}
    for name in sorted(CODECS, key=lambda name: -_likelihood(told_of, name)):
        text = _decoded(sample, CODECS[name])
        if text is not None:
            codecs.setdefault(text, []).append(name)
    found = [_read(text, names, told_of) for text, names in codecs.items()]
    return sorted(found, key=lambda one: (not one.possible, not one.fitting, -one.likelihood))


def surest(found: Sequence[Reading]) -> Reading | None:
    """The reading that is believed; None where another one is nearly as likely, or none is a text."""
    able = [one for one in found if one.possible]
    english = _as_english(able)
    if english is not None:
        return english
    fitting = [one for one in able if one.fitting]
    best = fitting[0] if fitting else None
    if best is None or best.likelihood < LEAST.get(plausible.main_script(best.text), LEAST[""]):
        return None
    ahead = _ahead(best.text)
    if ahead is None:
        return None
    rivals = [one for one in able if one is not best]
    if any(one.likelihood > IMPOSSIBLE * best.likelihood for one in found):
        return None
    return best if all(_beats(best, one, ahead) for one in rivals) else None


def _beats(best: Reading, rival: Reading, ahead: float) -> bool:
    if plausible.is_of_signs(rival.text) and not plausible.is_of_signs(best.text):
        return best.likelihood > SIGNS * rival.likelihood
    usual = rival.encoding == USUAL and plausible.letters(best.text) < FEW
    return best.likelihood > (ahead if rival.fitting or usual else STRANGER) * rival.likelihood


def _read(text: str, names: Sequence[str], told_of: Told) -> Reading:
    """What one text is worth that several encodings may say."""
    languages = plausible.languages(text)
    possible = (
        bool(languages)
        and plausible.oddities(text) <= ODD
        and _rarities(text, CODECS[names[0]]) <= RARE
    )
    fitting = [name for name in names if _is_near(told_of.get(name, {}).get("language"), languages)]
    if plausible.main_script(text) != "LATIN":
        fitting = fitting or list(names)
    usual = min(fitting or names, key=list(CODECS).index)
    return Reading(
        CODECS[usual], text, _likelihood(told_of, names[0]),
        possible, possible and bool(fitting),
    )  # fmt: skip


def _is_near(told: object, languages: set[str]) -> bool:
    near = next((group for group in NEAR if told in group), {told})
    return not languages.isdisjoint(near)


def _as_english(able: Sequence[Reading]) -> Reading | None:
    """English has a curly quotation mark or a café here and there, which models of letters overlook."""
    if not able or not is_english(able[0].text):
        return None
    loaned = [one for one in able if plausible.is_loaned(one.text)]
    signs = [one for one in loaned if plausible.is_of_signs(one.text)]
    likely = signs or loaned
    return likely[0] if len(likely) == 1 else None


def is_english(text: str) -> bool:
    """Whether the words of a text that are plain ASCII are mostly English ones."""
    from pipeline.prompts.grammar.lexicons import classes

    words = re.findall(r"(?<![^\s,;.\"])[A-Za-z]+(?![^\s,;.:!?\"])", text)
    long = [word.lower() for word in words if len(word) > 3]
    small = sum(word.lower() in _SMALL for word in words)
    known = sum(bool(classes(word)) for word in long)
    return bool(small) and bool(long) and known >= 0.8 * len(long)


_SMALL = frozenset("the a an and of with she he his her into from its".split())


def _ahead(text: str) -> float | None:
    speaking = plausible.letters(text)
    script = plausible.main_script(text)
    if script == "LATIN" and len(text.split()) < WORDS:
        return None
    steps = AHEAD.get("EAST" if script in plausible.EAST else script, AHEAD[""])
    return next((ahead for least, ahead in steps if speaking >= least), None)


def _rarities(text: str, codec: str) -> float:
    """The share of a text's East Asian characters that its standard keeps among the rare ones."""
    if codec not in COMMON:
        return 0.0
    eastern = [one for one in text if plausible.script(one) in ("HAN", "HANGUL")]
    rare = sum(not _is_common(one, *COMMON[codec]) for one in eastern)
    return rare / len(eastern) if eastern else 0.0


def _is_common(one: str, standard: str, first: int, last: int) -> bool:
    try:
        return first <= one.encode(standard)[0] <= last
    except UnicodeEncodeError:
        return False


def _likelihood(told_of: Told, name: str) -> float:
    confidence = told_of[name]["confidence"] if name in told_of else 0.0
    return float(confidence) if isinstance(confidence, float | int) else 0.0


def _decoded(sample: bytes, codec: str) -> str | None:
    try:
        return sample.decode(codec)
    except UnicodeError:
        return None
