"""Whether a text can be what somebody wrote, or is one that was read in a wrong encoding.

Only what no language does is held against a text: a word of two alphabets, a capital after a small letter,
a sign within a word, a Chinese character alone between Latin letters. Whether it is likely is not asked.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

ALPHABETS = {
    "en": "éèêëïçñöüäåáíóâôû",
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúüªº",
    "gl": "áéíñóúüïªº",
    "pt": "áâãàçéêíóôõúüªº",
    "it": "àèéìíòóùîªº",
    "ca": "àçèéíïòóúü",
    "nl": "éëïóöüèáíúêàç",
    "sv": "åäöéàü",
    "da": "æøåéóáòêü",
    "no": "æøåéóòôêàü",
    "is": "áðéíóúýþæö",
    "fi": "äöåšž",
    "et": "äõöüšž",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "sl": "čšž",
    "hr": "čćđšž",
    "sr": "čćđšžабвгдђежзијклљмнњопрстћуфхцчџш",
    "ro": "ăâîșțşţ",
    "sq": "çë",
    "tr": "çğıöşüâîûi̇",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "ga": "áéíóú",
    "eu": "ñçü",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюяѝ",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
}
"""The letters beyond a to z of languages whose code pages share most of their bytes, in small letters."""
LOANED = frozenset(ALPHABETS["en"])
"""What names and dishes bring into any language."""
FOREIGN = 0.1
"""Share of its special letters that a text may borrow from other languages than its own."""

_PIECE = re.compile(r"[^\s!-&(-,./:-@\[-`{-~]+")
_JOINTS = "'’‘`-·‐‑–—"
"""What may stand within a word."""
_BEFORE = "‘’“”„‚«»‹›¿¡–—-…€£§©°•·'（《「『【〈"
_BEHIND = "’‘”“»«›‹…–—-™®©°ºª²³'%€‰"
_TYPESET = frozenset("‘’“”„–—…•™®©°×€£\xa0")
_ALONE = {
    "GREEK": ("el",), "HEBREW": ("he", "yi"), "ARABIC": ("ar", "fa", "ur"), "THAI": ("th",),
    "HANGUL": ("ko",), "KANA": ("ja",), "HAN": ("zh", "ja", "ko"),
}  # fmt: skip
_MISPLACED = re.compile(
    r"(?<![\dm])[²³]|[²³](?=\w)|(?<!\d)[½¼¾×°]|[½¼¾°](?=[^\W\d])|(?<!l)·|·(?!l)|–(?=[^\W\d_A-Z])"
)
"""A sign where only letters stand."""
_ALPHABETIC = frozenset({"LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI"})
EAST = frozenset({"HAN", "KANA", "HANGUL"})
_LEADING_THAI = "เแโใไ"
_KINDS = {
    "CJK": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA", "HALFWIDTH": "NARROW",
    "KATAKANA-HIRAGANA": "KANA", "IDEOGRAPHIC": "HAN",
}  # fmt: skip


def oddities(text: str) -> float:
    """The share of the words beyond ASCII that no language writes so: 0 for a text without such words.

    A character that no text holds (a control, one for private use) makes it 1.
    """
    pieces = [piece for piece in _PIECE.findall(text) if not piece.isascii()]
    if any(map(_is_impossible, set(text) - {"\t", "\r", "\n"})):
        return 1.0
    if not pieces:
        return 0.0
    return sum(map(_is_odd, pieces)) / len(pieces)


def languages(text: str) -> set[str]:
    """The languages (ISO 639) that can write a text: they have its letters beyond ASCII, but for a few.

    A text in a script that one language alone writes in its code pages is of that one.
    """
    letters = [one for one in text.lower() if one.isalpha() and not one.isascii()]
    scripts = {script(one) for one in letters}
    if alone := {name for kind, names in _ALONE.items() if kind in scripts for name in names}:
        return alone
    told = [one for one in letters if script(one) in ("LATIN", "CYRILLIC")]
    allowed = FOREIGN * len(told)
    strange = {
        name: [one for one in told if one not in alphabet] for name, alphabet in ALPHABETS.items()
    }
    return {
        name for name, left in strange.items() if len(left) <= allowed and LOANED.issuperset(left)
    }


def letters(text: str) -> int:
    """How many letters speak for how a text is read: those of words beyond ASCII; a Chinese one as two."""
    pieces = [piece for piece in _PIECE.findall(text) if not piece.isascii()]
    kinds = [script(one) for piece in pieces for one in piece]
    return sum(2 if kind in EAST else 1 for kind in kinds if kind)


def main_script(text: str) -> str:
    """The script of most letters beyond ASCII; empty where there are none."""
    kinds = [kind for one in text if not one.isascii() and (kind := script(one))]
    return max(sorted(set(kinds)), key=kinds.count, default="")


def is_loaned(text: str) -> bool:
    """Whether all letters beyond ASCII are those of words and names that English borrows."""
    return LOANED.issuperset(one for one in text.lower() if one.isalpha() and not one.isascii())


def is_of_signs(text: str) -> bool:
    """Whether all beyond ASCII is punctuation in its right place, as word processors set it."""
    pieces = [piece for piece in _PIECE.findall(text) if not piece.isascii()]
    beyond = {one for piece in pieces for one in piece if not one.isascii()}
    return bool(beyond) and beyond <= _TYPESET and not any(map(_is_odd, pieces))


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """The alphabet of a letter: LATIN, CYRILLIC, HAN, KANA …; empty for what is no letter."""
    if not unicodedata.category(letter).startswith(("L", "M")):
        return ""
    first = unicodedata.name(letter, "").partition(" ")[0]
    return _KINDS.get(first, first)


@lru_cache(maxsize=4096)
def _is_impossible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Co", "Cn", "Cs") or letter in "\ufffd\xad"


@lru_cache(maxsize=4096)
def _is_odd(piece: str) -> bool:
    scripts = {script(letter) for letter in piece} - {"", "COMBINING", "MODIFIER"}
    if scripts & EAST:
        return _mixes_east(piece, scripts)
    if len(scripts) > 1 or scripts - _ALPHABETIC:
        return True
    return _misplaces_signs(piece) or any(
        map(_misspells, re.split(f"[{re.escape(_JOINTS)}]", piece))
    )


def _mixes_east(piece: str, scripts: set[str]) -> bool:
    """Latin letters stand beside Chinese ones in brands and sizes; not around each single one."""
    if scripts - EAST - {"LATIN"} or {"HANGUL", "KANA"} <= scripts:
        return True
    if "HANGUL" in scripts and sum(script(one) == "HAN" for one in piece) * 2 > len(piece):
        return True
    if "LATIN" in scripts and any(script(one) == "LATIN" and not one.isascii() for one in piece):
        return True
    alone = re.findall(r"(?<=[a-z])[^\x00-\x7f](?=[A-Za-z]|$)|^[^\x00-\x7f](?=[a-z])", piece)
    eastern = sum(script(one) in EAST for one in piece)
    return 2 * len(alone) > eastern


def _misplaces_signs(piece: str) -> bool:
    core = piece.strip(_BEFORE + _BEHIND + "-'") or piece
    if not any(map(script, piece)):
        return any("\u2500" <= one <= "\u259f" for one in piece)
    if _MISPLACED.search(core) or any(map(_is_no_sign_of_text, core)):
        return True
    at = piece.find(core)
    before, behind = piece[:at], piece[at + len(core) :]
    return any(one not in _BEFORE for one in before) or any(one not in _BEHIND for one in behind)


def _is_no_sign_of_text(one: str) -> bool:
    return not (one.isascii() or one.isalnum() or script(one) or one in _JOINTS + "²³½¼¾×°ªº")


def _misspells(word: str) -> bool:
    """A capital within small letters, a Thai or Hebrew or Greek letter where it cannot stand."""
    if not word or word.isascii():
        return False
    kind = script(next((one for one in word if one.isalpha()), "a"))
    if kind == "THAI":
        return _misspells_thai(word)
    for left, right in pairwise(word):
        if left.islower() and right.isupper() and not (left.isascii() and right.isascii()):
            return True
    if kind == "GREEK" and ("ς" in word[:-1] or (len(word) > 1 and word.endswith("σ"))):
        return True
    return kind == "HEBREW" and any(one in "םןץףך" for one in word[:-1])


def _misspells_thai(word: str) -> bool:
    if re.search(r"(.)\1\1", word) or (len(word) > 5 and all("ก" <= one <= "ฮ" for one in word)):
        return True
    for left, right in zip(" " + word, word + " ", strict=True):
        marks = unicodedata.category(right) == "Mn" or right in "ะาำๅ"
        if marks and not ("ก" <= left <= "ฮ" or unicodedata.category(left) == "Mn" or left in "าๅ"):
            return True
        if left in _LEADING_THAI and not "ก" <= right <= "ฮ":
            return True
    return False
