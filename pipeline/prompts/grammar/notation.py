"""Finds notation of other tools in a prompt: which characters carry it, and which words it is about."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.prompts.grammar.brackets import brackets
from pipeline.prompts.grammar.clauses import quoted
from pipeline.prompts.grammar.foreign import Notation, Way, parted_after, parted_before, time
from pipeline.prompts.words import notation as words

__all__ = ["Notation", "Way", "blanked", "find", "is_document"]


def find(text: str) -> tuple[Notation, ...]:
    """Every notation in the order of the text; what is lettering in the picture is none."""
    if not words.ANY.search(text):
        return ()
    if words.JSON.match(text):
        return (Notation((0, len(text)), Way.DOCUMENT, ()),)
    signs = [span for span in quoted(text) if span[1] - span[0] < 0.8 * len(text.strip())]
    found = [*_marks(text), *brackets(text)]
    outside = (n for n in found if not any(a < n.span[0] and n.span[1] < b for a, b in signs))
    return tuple(_apart(sorted(outside, key=lambda each: (each.span[0], -each.span[1]))))


def is_document(found: Iterable[Notation]) -> bool:
    """Whether the whole of a text in which this was found is no sentence but JSON."""
    return any(each.way is Way.DOCUMENT for each in found)


def blanked(text: str, found: Sequence[Notation]) -> str:
    """The text with a blank for each character of notation: every place in it stays what it was.

    What parts two stretches, as BREAK does, is read as a comma.
    """
    if not found:
        return text
    letters = list(text)
    for each in found:
        for start, end in each.cuts:
            letters[start:end] = " " * (end - start)
        if each.way is Way.JOINT and each.cuts and text[: each.span[0]].strip():
            letters[each.span[0]] = ","
    return "".join(letters)


def _apart(found: list[Notation]) -> Iterator[Notation]:
    """One for those that lie in each other, with the cuts of all."""
    last: Notation | None = None
    for each in found:
        if last is None or each.span[0] >= last.span[1]:
            if last:
                yield last
            last = each
        else:
            end = max(last.span[1], each.span[1])
            last = replace(last, span=(last.span[0], end), cuts=(*last.cuts, *each.cuts))
    if last:
        yield last


_WHOLE: tuple[tuple[re.Pattern[str], Way], ...] = (
    (words.EMBEDDING, Way.TAG),
    (words.SCORE, Way.TAG),
    (words.WILDCARD, Way.GAP),
    (words.VARIABLE, Way.GAP),
    (words.BARE_WEIGHT, Way.WEIGHT),
    (words.PLUSES, Way.WEIGHT),
    (words.ESCAPE, Way.WEIGHT),
    (words.REFERENCE, Way.REFERENCE),
    (words.LINK, Way.REFERENCE),
    (words.PARAMETERS, Way.OPTION),
)


def _marks(text: str) -> Iterator[Notation]:
    """All of it that is not made of brackets."""
    for pattern, way in _WHOLE:
        yield from (Notation(m.span(), way, (m.span(),)) for m in pattern.finditer(text))
    command = words.COMMAND.match(text)
    if command:
        yield Notation(command.span(), Way.OPTION, (command.span(),))
    stars = [match.span() for match in words.BOLD.finditer(text)]
    for first, last in zip(stars[::2], stars[1::2], strict=False):
        yield Notation((first[0], last[1]), Way.WEIGHT, (first, last))
    for match in words.TIMED.finditer(text):
        yield time(text, match.span())
    for reader in (_tags, _joints, _parts, _options, _negatives):
        yield from reader(text)


def _parts(text: str) -> Iterator[Notation]:
    """`red::2 car::1`: one colon stays between two parts; `1.2::red::` is one part and loses all."""
    opened = False
    for match in words.PARTS.finditer(text):
        start, end = match.span()
        opens = match.group()[0] != ":"
        last = opens or opened or not text[end:].strip() or not text[:start].strip()
        opened = opens
        yield Notation((start, end), Way.WEIGHT, ((start if last else start + 1, end),))


def _tags(text: str) -> Iterator[Notation]:
    for match in words.TAG.finditer(text):
        start, end = match.span()
        if words.ONE_THING.fullmatch(match.group()):
            yield Notation((start, end), Way.TAG, ((start, end),))
        else:
            yield Notation((start, end), Way.WEIGHT, ((start, start + 1), (end - 1, end)))


def _joints(text: str) -> Iterator[Notation]:
    """BREAK goes; AND only beside punctuation: between two words it is read as the word it is."""
    for match in words.JOINT.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _shouts(before.split()[-1:]) or _shouts(after.split()[:1]):
            continue
        apart = parted_before(text, match.start()) or parted_after(text, match.end())
        is_word = match.group() == "AND" and not apart
        yield Notation(match.span(), Way.JOINT, () if is_word else (match.span(),))


def _shouts(neighbours: list[str]) -> bool:
    """Whether a neighbour is all capitals, too: STOP AND GO."""
    return any(len(word) > 1 and word.strip(".,:;!?").isupper() for word in neighbours) and not any(
        words.JOINT.fullmatch(word.strip(".,")) for word in neighbours
    )


def _options(text: str) -> Iterator[Notation]:
    for match in words.OPTION.finditer(text):
        named = next(
            filter(
                None,
                match.group("flag", "no", "named", "number", "other", "spaced", "short", "shortno"),
            )
        )
        column = words.COLUMNS.get(re.split("[-_]", named.lower())[0], "")
        group = "words" if match["no"] else "shortwords"
        unwanted = match.span(group) if match[group] else None
        way = Way.COLUMN if column else Way.OPTION
        yield Notation(match.span(), way, (match.span(),), unwanted, column)


def _negatives(text: str) -> Iterator[Notation]:
    for match in words.NEGATIVE.finditer(text):
        yield Notation(match.span(), Way.COLUMN, (match.span(),), match.span("words"), "negative")
