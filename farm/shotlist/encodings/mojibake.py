"""Texts that were opened in a wrong encoding before they came here, and saved as what they looked like."""

import re
from collections.abc import Sequence

from farm.shotlist.encodings import likelihood, plausible
from farm.shotlist.encodings.likelihood import Reading

WRONG = ("cp1252", "gb18030", "cp1251", "cp437", "mac-roman", "cp932")
"""What programs take a text for whose encoding they do not know."""
_DOUBTFUL = re.compile(r"[\x80-\u2e7f\uac00-\uffff]|锟|[a-z][\u2e80-\uabff]|[\u2e80-\uabff][a-z]")
"""Without any of these a text is plain ASCII, or Chinese or Japanese that stands for itself."""
BETTER = 2.0
"""So many times likelier than the text itself must one be that it is taken to have been."""
LEAST = 10
"""Letters that must speak for it."""
SHOWN = 40
"""Characters of a text that are shown."""


def complaint(text: str) -> str:
    """The sentence on a text that cannot be what its author wrote; empty for any other."""
    if not _DOUBTFUL.search(text):
        return ""
    if "\ufffd" in text or "锟斤拷" in text:
        return "letters of it were lost when it was saved in a wrong encoding (�); type them anew"
    meant = _meant(text)
    if meant is None:
        return ""
    return (
        f'"{_shown(text, text, meant)}" reads like "{_shown(meant, text, meant)}", opened in a wrong '
        "encoding and saved; write it anew, or say --encoding if it is meant so"
    )


def _meant(text: str) -> str | None:
    """What the text was before, where that can be told; None for a text that nothing is wrong with."""
    import ftfy

    mended = ftfy.fix_encoding(text)
    if mended != text:
        return mended
    if plausible.oddities(text) <= likelihood.ODD:
        return None
    for wrong in WRONG:
        try:
            found = likelihood.readings(text.encode(wrong))
        except UnicodeEncodeError:
            continue
        sure = likelihood.surest(found) or _far_better(found, text)
        if sure is not None and sure.text != text:
            return sure.text
    return None


def _far_better(found: Sequence[Reading], text: str) -> Reading | None:
    """The likeliest reading, where the text itself, which no language writes, is much less so."""
    itself = next((one.likelihood for one in found if one.text == text), 0.0)
    best = found[0]
    believed = best.fitting and best.likelihood > max(BETTER * itself, likelihood.LEAST[""])
    return best if believed and plausible.letters(best.text) >= LEAST else None


def _shown(text: str, first: str, second: str) -> str:
    """The part of a text from where two differ."""
    pairs = enumerate(zip(first, second, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), 0)
    start = max(0, at - SHOWN // 4)
    return text[start : start + SHOWN].strip()
