"""Says what a file is that the farm does not open, by what it begins with, and what to do about it."""

import re

HEAD = 1 << 20
"""Bytes from a file's beginning that are looked at: what it says of itself stands there."""
_TEXT = 4096
"""Bytes by which a text is known."""

_EXPORT = "export it as JPEG or PNG"
_DEVELOP = "develop it and export a JPEG or PNG"
_FLATTEN = "export the flattened picture as PNG or JPEG"
_FRAME = "take the frame that it should start from and save that as PNG"
_CONVERT = "save it as PNG"
_UNPACK = "unpack it and name the picture in it"

_BEGINNINGS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"8BPS\x00\x01", "a Photoshop document (PSD)", _FLATTEN),
    (0, b"8BPS\x00\x02", "a large Photoshop document (PSB)", _FLATTEN),
    (0, b"gimp xcf", "a GIMP document (XCF)", _FLATTEN),
    (0, b"\x00\xffKSA", "an Affinity document", _FLATTEN),
    (0, b"SketchUp", "a SketchUp model", _EXPORT),
    (0, b"v/1\x01", "an OpenEXR picture, whose light has no limit", "grade it and " + _EXPORT),
    (0, b"#?RADIANCE", "a Radiance HDR picture, whose light has no limit", "grade it and " + _EXPORT),
    (0, b"#?RGBE", "a Radiance HDR picture, whose light has no limit", "grade it and " + _EXPORT),
    (0, b"SDPX", "a DPX film scan", "grade it and " + _EXPORT),
    (0, b"XPDS", "a DPX film scan", "grade it and " + _EXPORT),
    (0, b"\x80\x2a\x5f\xd7", "a Cineon film scan", "grade it and " + _EXPORT),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture", _EXPORT),
    (0, b"\xff\x0a", "a JPEG XL picture", _EXPORT),
    (0, b"II\xbc", "a JPEG XR picture", _EXPORT),
    (8, b"CR\x02", "a camera's raw file (Canon CR2)", _DEVELOP),
    (4, b"ftypcrx ", "a camera's raw file (Canon CR3)", _DEVELOP),
    (6, b"HEAPCCDR", "a camera's raw file (Canon CRW)", _DEVELOP),
    (0, b"IIRO", "a camera's raw file (Olympus ORF)", _DEVELOP),
    (0, b"IIRS", "a camera's raw file (Olympus ORF)", _DEVELOP),
    (0, b"MMOR", "a camera's raw file (Olympus ORF)", _DEVELOP),
    (0, b"IIU\x00", "a camera's raw file (Panasonic RW2)", _DEVELOP),
    (0, b"FUJIFILMCCD-RAW", "a camera's raw file (Fujifilm RAF)", _DEVELOP),
    (0, b"FOVb", "a camera's raw file (Sigma X3F)", _DEVELOP),
    (0, b"\x00MRM", "a camera's raw file (Minolta MRW)", _DEVELOP),
    (0, b"%PDF-", "a PDF document", "export the page as PNG or JPEG"),
    (0, b"%!PS", "a PostScript document (EPS)", "export it as PNG"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document (EPS)", "export it as PNG"),
    (0, b"\x00\x00\x01\x00", "a Windows icon (ICO)", _CONVERT),
    (0, b"\x00\x00\x02\x00", "a Windows cursor (CUR)", _CONVERT),
    (0, b"icns", "a macOS icon (ICNS)", _CONVERT),
    (0, b"DDS ", "a DDS texture", _CONVERT),
    (0, b"\xabKTX ", "a KTX texture", _CONVERT),
    (0, b"qoif", "a QOI picture", _CONVERT),
    (0, b"FLIF", "a FLIF picture", _CONVERT),
    (0, b"BPG\xfb", "a BPG picture", _CONVERT),
    (0, b"\x01\xda", "an SGI picture", _CONVERT),
    (0, b"\x59\xa6\x6a\x95", "a Sun raster picture", _CONVERT),
    (0, b"\x0a\x05\x01\x08", "a PCX picture", _CONVERT),
    (0, b"\xd7\xcd\xc6\x9a", "a Windows metafile (WMF)", _CONVERT),
    (40, b" EMF", "a Windows metafile (EMF)", _CONVERT),
    (0, b"SIMPLE  =", "a FITS picture of astronomers", _CONVERT),
    (128, b"DICM", "a medical picture (DICOM)", _CONVERT),
    (0, b"\x89HDF", "an HDF5 file", _CONVERT),
    (4, b"ftypqt  ", "a QuickTime film", _FRAME),
    (4, b"moov", "a QuickTime film", _FRAME),
    (4, b"ftyp", "an MP4 film", _FRAME),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM film", _FRAME),
    (8, b"AVI LIST", "an AVI film", _FRAME),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media film", _FRAME),
    (0, b"\x00\x00\x01\xba", "an MPEG film", _FRAME),
    (0, b"\x00\x00\x01\xb3", "an MPEG film", _FRAME),
    (8, b"WAVE", "a sound file", "name a picture"),
    (0, b"ID3", "a sound file", "name a picture"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document", "save the picture in it as PNG"),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"Rar!", "a RAR archive", _UNPACK),
    (0, b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (0, b"BZh", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", "name the picture that it leads to"),
    (0, b"bplist", "a property list of macOS", "name a picture"),
    (0, b"MZ", "a Windows program", "name a picture"),
    (0, b"\x7fELF", "a program", "name a picture"),
)  # fmt: skip
"""Offset, bytes, what it is, what to do; the first that fits counts."""

_ZIPPED = (
    (b"image/openraster", "an OpenRaster document", _FLATTEN),
    (b"application/x-krita", "a Krita document", _FLATTEN),
    (b"word/", "a Word document", "save the picture in it as PNG"),
    (b"ppt/", "a PowerPoint document", "save the picture in it as PNG"),
    (b"xl/", "an Excel workbook", "save the picture in it as PNG"),
    (b"document.json", "a Sketch document", _EXPORT),
)
_AGAIN = "download the picture again"
_SVG = r"(?:<\?xml.*?>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype svg.*?>\s*)?<(?:\w+:)?svg\b"
_TEXTS = (
    (
        r"version https://git-lfs",
        "a Git LFS pointer, not the picture",
        "fetch it with `git lfs pull`",
    ),
    (r"<!doctype html|<html|<head|<body", "a web page, perhaps of an error or a login", _AGAIN),
    (_SVG, "an SVG drawing", "export it as PNG"),
    (r"<\?xml", "an XML text, perhaps of a failed download", _AGAIN),
    (r"data:image/", "a data URI", "save the picture that is written in it as a file"),
    (r"https?://|\[InternetShortcut\]", "a link", "download the picture that it leads to"),
    (r"[{\[]", "a JSON text, perhaps of a failed download", _AGAIN),
    (r"P[1-6]\s", "a Netpbm picture (PPM, PGM or PBM)", _CONVERT),
    (r"P[Ff7]\s", "a Netpbm picture (PFM or PAM)", _CONVERT),
    (r"/\* XPM|#define \w+_width", "an X11 picture (XPM or XBM)", _CONVERT),
)
"""How a text begins, what it is, what to do; the first that fits counts."""


class Unreadable(Exception):
    """What a file is that the farm does not open, and the remedy: "a PDF document: export …"."""


_HEIF = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_TARGA = frozenset({1, 2, 3, 9, 10, 11})


def is_heic(head: bytes) -> bool:
    """Whether a file that begins so is a HEIF picture that HEVC codes, as phones take them."""
    return bool(_HEIF & set(_brands(head)))


def refusal(head: bytes, name: str) -> str | None:
    """What a file of this name is that begins so, and the remedy; None where it may be a picture."""
    found = _not_whole(head, name) or _targa(head, name) or _coded(head) or _text(head)
    return ": ".join(found) if found else None


def _not_whole(head: bytes, name: str) -> tuple[str, str] | None:
    if not head:
        return "an empty file", "copy or export the picture again"
    if not any(head):
        return "a file of zeros, whose copying was never finished", "copy it again"
    if head[:4] == b"\x00\x05\x16\x07":
        what = "no picture but what macOS notes beside one"
        return what, f"name {name.removeprefix('._')} instead" if name[:2] == "._" else "name that"
    return None


def _coded(head: bytes) -> tuple[str, str] | None:
    brands = _brands(head)
    if {b"avif", b"avis", *_HEIF} & set(brands):
        return None
    if {b"mif1", b"msf1", b"mif2", b"miaf"} & set(brands):
        return "a HEIF picture of an unusual coding", _EXPORT
    if head[:4] == b"PK\x03\x04":
        named = (kind[1:] for kind in _ZIPPED if kind[0] in head)
        return next(named, ("a ZIP archive", _UNPACK))
    if head[:5] == b"%PDF-" and b"Illustrator" in head:
        return "an Illustrator document", "export it as PNG or JPEG"
    fits = (each[2:] for each in _BEGINNINGS if head.startswith(each[1], each[0]))
    return next(fits, None)


def _text(head: bytes) -> tuple[str, str] | None:
    """Texts have no control characters but white space."""
    head = head[:_TEXT]
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16", "ignore") if wide else head.decode("utf-8-sig", "replace")
    start = text.lstrip()
    for pattern, *found in _TEXTS:
        if re.match(pattern, start, re.IGNORECASE | re.DOTALL):
            return found[0], found[1]
    if re.search(r"[\x00-\x08\x0e-\x1f\ufffd]", text[:-1]):
        return None
    return "a text", "name a picture"


def _targa(head: bytes, name: str) -> tuple[str, str] | None:
    """Targa has no mark at its beginning, so its name must agree."""
    is_one = (
        len(head) > 18 and head[1] < 2 and head[2] in _TARGA and head[16] in (8, 15, 16, 24, 32)
    )
    if is_one and name.lower().endswith((".tga", ".icb", ".vda", ".vst")):
        return "a Targa picture (TGA)", _CONVERT
    return None


def _brands(head: bytes) -> tuple[bytes, ...]:
    """What a file of boxes (ISO/IEC 14496-12) says of itself: its major brand, then the others."""
    if head[4:8] != b"ftyp":
        return ()
    end = min(int.from_bytes(head[:4]), 1024)
    return head[8:12], *(head[start : start + 4] for start in range(16, end, 4))
