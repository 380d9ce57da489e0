"""Shot lists with their pictures, dropped on the page."""

import html
import io
import re
import zipfile
from collections.abc import Mapping

from tests.integration.farm.desk.pages.conftest import Pages, png

LIST = (
    "code,image,prompt\n"
    "sh100,one.png,a red circle moves left\n"
    "sh110,two.png,a blue square moves right\n"
)
PICTURES = {"one.png": png("teal"), "two.png": png("olive")}
BELOW = "pictures/looked-at/"


def packed(members: Mapping[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


async def drop(
    desk: Pages, files: Mapping[str, bytes | str], production: str = "new", status: int = 200
) -> str:
    sent = [
        ("files", name, each.encode() if isinstance(each, str) else each)
        for name, each in files.items()
    ]
    answer = await desk.send("/submit", sent, [("production", production)])
    page = html.unescape(await answer.text())
    assert answer.status == status, page
    return page


def key_of(page: str) -> str:
    [found] = re.findall(r'name="key" value="(\w+)"', page)
    return found


def laid(desk: Pages) -> list[str]:
    return [each.name for each in desk.media.files_below(BELOW)]
