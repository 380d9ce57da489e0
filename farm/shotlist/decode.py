"""Turns a file's bytes into text, in the encodings that spreadsheets and editors write."""

import codecs

from farm.errors import ShotListError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decode(file: str, content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GBK/GB18030. Raises `ShotListError` for anything else."""
    marked = [name for mark, name in _MARKS.items() if content.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ShotListError(f'{file} is not readable as text: save it anew as "CSV UTF-8"')
