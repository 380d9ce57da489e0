"""Texts that were opened in a wrong encoding before they came here, and saved as what they looked like."""

import re

from farm.shotlist import encoding, plausible

WRONG = ("cp1252", "gb18030", "cp1251", "cp437", "mac-roman", "cp932")
"""What programs take a text for whose encoding they do not know."""
_DOUBTFUL = re.compile(r"[\x80-\u2e7f\uac00-\uffff]|锟|[a-z][\u2e80-\uabff]|[\u2e80-\uabff][a-z]")
"""Without any of these a text is plain ASCII, or Chinese or Japanese that stands for itself."""
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
    if plausible.oddities(text) <= encoding.ODD:
        return None
    for wrong in WRONG:
        try:
            found = encoding.surest(encoding.readings(text.encode(wrong)))
        except UnicodeEncodeError:
            continue
        if found is not None and found.text != text:
            return found.text
    return None


def _shown(text: str, first: str, second: str) -> str:
    """The part of a text from where two differ."""
    pairs = enumerate(zip(first, second, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), 0)
    start = max(0, at - SHOWN // 4)
    return text[start : start + SHOWN].strip()
