"""Whatever a dropped file is called, it lands below its own folder or nowhere."""

import io
import zipfile
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.desk import uploads
from farm.desk.forms import Sent
from farm.errors import Refused
from pipeline.storage.protocol import checked
from tests.memory_media import MemoryMedia

NAMES = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["..", ".", "", "a", "图", "c:", "\\", "/", "a\0", "x" * 300]), max_size=6
    ).map("/".join),
)


@given(NAMES)
def test_a_name_leads_below_its_folder_or_is_refused(name: str) -> None:
    try:
        safe = uploads._safe(name)
    except Refused:
        return
    assert checked(safe) == safe
    assert not PurePosixPath(safe).is_absolute()
    assert ".." not in PurePosixPath(safe).parts
    assert all(len(part.encode()) <= 255 for part in safe.split("/"))


@pytest.mark.parametrize(
    ("written", "flagged", "read"),
    [
        ("镜头/图.png".encode("gbk"), False, "镜头/图.png"),
        ("镜头/图.png".encode(), False, "镜头/图.png"),
        ("镜头/图.png".encode(), True, "镜头/图.png"),
        (b"plain.png", False, "plain.png"),
        (b"\xff\xff.png", False, b"\xff\xff.png".decode("cp437")),
    ],
)
def test_the_names_of_packers_that_do_not_say_how_they_write(
    written: bytes, flagged: bool, read: str
) -> None:
    member = zipfile.ZipInfo(written.decode("utf-8" if flagged else "cp437"))
    member.flag_bits = 0x800 if flagged else 0
    assert uploads._named(member) == read


@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=5))
def test_a_zip_of_anything_is_laid_below_its_folder_or_refused(members: dict[str, bytes]) -> None:
    out, media = io.BytesIO(), MemoryMedia()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name.encode("utf-8", "replace").decode()
            archive.writestr(info, content)
    with pytest.raises(Refused):
        uploads.lay(
            media, [Sent.of("files", "a.zip", out.getvalue()), Sent.of("files", "a.csv", b"x")]
        )
    assert [*media.files_below("")] == []


@given(st.binary(max_size=200))
def test_no_bytes_make_the_unpacking_fall_over(data: bytes) -> None:
    with pytest.raises(Refused):
        uploads.lay(MemoryMedia(), [Sent.of("files", "a.zip", data)])
