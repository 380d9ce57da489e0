"""A file that is no picture to the farm is called what it is, with what to do about it."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ShotRejected
from pipeline.stills.formats.unreadable import refusal
from pipeline.stills.load import open_picture

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))


def _ftyp(*brands: bytes) -> bytes:
    body = brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I4s", 8 + len(body), b"ftyp") + body + bytes(40)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", b"", "an empty file: copy"),
        ("a.jpg", bytes(3000), "a file of zeros"),
        ("._cat.jpg", b"\0\5\x16\7\0\2\0\0Mac OS X" + bytes(60), "name cat.jpg instead"),
        ("a.png", b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
        ("a.jpg", b"\n <!DOCTYPE html>\n<html>404</html>", "a web page"),
        ("a.jpg", b"\xef\xbb\xbf<HTML><head>", "a web page"),
        ("a.jpg", b'<?xml version="1.0"?><Error>AccessDenied</Error>', "an XML text"),
        ("a.jpg", b'{"error": "not found"}', "a JSON text"),
        ("a.jpg", b"https://example.com/a.jpg\n", "a link"),
        ("a.png", b"data:image/png;base64,iVBORw0KGgo=", "a data URI"),
        ("a.png", "ein Bild von ümläut".encode(), "a text"),
        ("a.png", "ein Bild".encode("utf-16"), "a text"),
        ("a.svg", b'<?xml version="1.0"?>\n<!-- made -->\n<svg xmlns="x"/>', "an SVG drawing"),
        ("a.jpg", b"<svg/>", "an SVG drawing"),
        ("a.pdf", b"%PDF-1.7\n", "a PDF document"),
        ("a.ai", b"%PDF-1.6\n%% Adobe Illustrator 28", "an Illustrator document"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
        ("a.psd", b"8BPS\0\1" + bytes(60), "a Photoshop document (PSD): export the flattened"),
        ("a.psb", b"8BPS\0\2" + bytes(60), "PSB"),
        ("a.xcf", b"gimp xcf v011\0", "GIMP"),
        ("a.exr", b"v/1\1\2\0\0\0" + bytes(60), "an OpenEXR picture"),
        ("a.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "Radiance HDR"),
        ("a.jxl", b"\xff\x0a\xfa\x3f\x12" + bytes(60), "a JPEG XL picture"),
        ("a.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), "a JPEG XL picture"),
        ("a.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(60), "Canon CR2"),
        ("a.cr3", _ftyp(b"crx ", b"isom"), "Canon CR3"),
        ("a.raf", b"FUJIFILMCCD-RAW 0201" + bytes(60), "Fujifilm RAF"),
        ("a.orf", b"IIRO\x08\0\0\0" + bytes(60), "Olympus ORF"),
        ("a.mp4", _ftyp(b"mp42", b"isom"), "an MP4 film"),
        ("a.mov", _ftyp(b"qt  "), "a QuickTime film"),
        ("a.heif", _ftyp(b"mif1", b"unci"), "a HEIF picture of an unusual coding"),
        ("a.zip", b"PK\3\4" + bytes(60), "a ZIP archive"),
        ("a.docx", b"PK\3\4" + bytes(30) + b"word/document.xml", "a Word document"),
        ("a.kra", b"PK\3\4" + bytes(30) + b"mimetypeapplication/x-krita", "a Krita document"),
        ("a.lnk", b"L\0\0\0\1\x14\2\0" + bytes(60), "a Windows shortcut"),
        ("a.jpg", b"\x1f\x8b\x08" + bytes(60), "a gzip archive"),
    ],
)
def test_it_is_called_by_its_name(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ShotRejected) as caught:
        open_picture(tmp_path / name)
    assert caught.value.code == "still.unreadable"
    sentence = caught.value.sentence
    assert sentence.startswith(f"{tmp_path / name} is ")
    assert words in sentence
    assert ": " in sentence
    assert "damaged" not in sentence


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        ("tga", "a Targa picture"),
        ("ico", "a Windows icon"),
        ("ppm", "a Netpbm picture"),
        ("pcx", "a PCX picture"),
        ("sgi", "an SGI picture"),
        ("dds", "a DDS texture"),
        ("qoi", "a QOI picture"),
    ],
)
def test_rare_pictures_are_to_be_saved_as_png(tmp_path: Path, suffix: str, words: str) -> None:
    picture = tmp_path / f"a.{suffix}"
    NOISE.save(picture)
    with pytest.raises(ShotRejected, match="save it as PNG") as caught:
        open_picture(picture)
    assert words in caught.value.sentence


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp", "jp2", "avif"])
def test_no_picture_that_is_read_is_taken_for_anything_else(tmp_path: Path, suffix: str) -> None:
    NOISE.save(tmp_path / f"a.{suffix}")
    data = (tmp_path / f"a.{suffix}").read_bytes()
    assert refusal(data, "a.png") is None
    for other in ("photo.jpg", "photo", "photo.tga"):
        (tmp_path / other).write_bytes(data)
        assert open_picture(tmp_path / other).image.size == (64, 48)


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_several_frames_the_first_is_taken_and_said(tmp_path: Path, suffix: str) -> None:
    from pipeline.profiles import profile
    from pipeline.stills import prepare

    picture = tmp_path / f"moving.{suffix}"
    NOISE.save(picture, save_all=True, append_images=[NOISE.rotate(180), NOISE.rotate(90)])
    findings = prepare.fit(picture, profile.load("toy")).findings
    [message] = [each.message for each in findings if each.code == "still.first_of_many"]
    assert "holds 3 pages or frames, and the first is taken" in message
