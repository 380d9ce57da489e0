"""Whether two readings are of one word: by edits, where letters that look alike are one letter. Pure."""

import unicodedata
from difflib import SequenceMatcher

_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})
_SHORTEST = {True: 2, False: 3}
"""Letters that a word has at least, in Chinese and otherwise; less may be a pattern."""
_MOST_MISSING = 2
"""Letters fewer than the word has: then a reading may be a part of it with one letter misread."""


def folded(text: str) -> str:
    """The letters and digits of a text, without case, accents and what separates them."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return "".join(letter for letter in plain if letter.isalnum())


def edits(one: str, other: str) -> int:
    """Letters to put in, leave out or replace, to make one of the other."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return sum(
        max(right - left, end - begin)
        for what, left, right, begin, end in matcher.get_opcodes()
        if what != "equal"
    )


def unlike(read: str, known: str) -> float:
    """Edits between two folded words, as a share of the known one's letters: 0 is the same word."""
    return edits(known, read) / max(len(known), 1)


def part(read: str, known: str) -> float:
    """The share of a word's letters that is read, where the rest may be covered; 0 where it is no part.

    A part stands at one end of the word, and of a much shorter one a letter at its edge may be misread.
    """
    if not read or len(read) >= len(known):
        return 0.0
    if read in known:
        return len(read) / len(known)
    if len(read) > len(known) - _MOST_MISSING:
        return 0.0
    for begin in (known, known[::-1]):
        end = read if begin is known else read[::-1]
        if len(end) > 2 and begin.startswith(end[:-1]):
            return (len(end) - 1) / len(known)
    return 0.0


def at_edge(read: str, known: str) -> bool:
    """Whether two folded words differ in their first letter or in their last alone."""
    return read[1:] == known[1:] or read[:-1] == known[:-1]


def is_word(text: str) -> bool:
    """Whether it may be a word: what repeats one letter is a row of lamps, of windows or of posts."""
    read = folded(text)
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in read)
    return len(read) >= _SHORTEST[chinese] and len(set(read)) > 1


def named(read: str, text: str) -> bool:
    """Whether a folded text has a folded word, or nearly."""
    matcher = SequenceMatcher(None, text, read, autojunk=False)
    found = matcher.find_longest_match()
    return bool(read) and found.size >= 0.8 * len(read)
