"""Draws the pictures of the desk in the documents: `python -m tests.desk_pictures`.

The farm is laid out for them, of photographs that come with libraries; the pages are the desk's own.
"""

import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from farm.domain.lifecycle import ReviewStatus
from farm.operations import comment, review
from farm.store import open_store
from pipeline.misses import MissKind
from pipeline.storage.folder import MediaFolder
from tests import chromium
from tests.conftest import sqlite_database
from tests.desk_farm import ENGLISH, PHOTOGRAPHS, TALL, WIDE, Shown, show

TO = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MOST_BYTES = 150_000
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 1.5,
}
VIEWS = {
    "desk_grid": ("/p/nike_ss27", {**DESK, "color_scheme": "dark"}),
    "desk_shot": ("/p/nike_ss27/s/sh020", {**DESK, "color_scheme": "dark"}),
    "desk_phone": ("/p/nike_ss27/s/sh010", {**PHONE, "locale": "zh-CN", "color_scheme": "light"}),
}  # fmt: skip


def main() -> None:
    """Writes a WebP for each view. Raises `ValueError` for one that is too large for the documents."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        process = subprocess.Popen(
            [sys.executable, "-m", "farm", "desk", "--port", "0"],
            env=os.environ
            | {
                "FARM_DATABASE": f"sqlite:///{folder}/farm.db",
                "FARM_MEDIA": f"{folder}/media",
                "FARM_USER": "anna",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr
            draw(process.stderr.readline().split()[1].rstrip("/"))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def lay_out(folder: Path) -> None:
    """A production in which some is decided, some waits for a person and some renders."""
    media = MediaFolder(folder / "media")
    media.set_up()
    store = open_store(sqlite_database(folder / "farm.db"))
    prompts = (*ENGLISH, "亭子前的湖面泛起涟漪", "The rocket lifts off", "The astronaut smiles")
    shots = [
        Shown(
            code=f"sh{10 * number:03}",
            prompt=prompts[(number - 1) % 6],
            photograph=PHOTOGRAPHS[(number - 1) % 6],
            size=TALL if number == 9 else WIDE,
            takes=0 if number == 8 else 3 if number == 2 else 1,
            review=ReviewStatus.NEEDS_REVIEW if number in (2, 7) else ReviewStatus.ACCEPTED,
            match=0.38 if number in (2, 7) else 0.87 - 0.02 * number,
            misses=(MissKind.ACTION_ABSENT,) if number in (2, 7) else (),
        )
        for number in range(1, 13)
    ]
    show(store, media, "nike_ss27", shots)
    review.approve(store, "nike_ss27", ["sh030", "sh040"], who="anna")
    review.reject(store, "nike_ss27", ["sh050"], who="ben", why="too dark")
    comment.comment(
        store,
        "nike_ss27",
        "sh020",
        "Can the outer petals open more?",
        take=3,
        frame=8,
        mark=None,
        who="ben",
    )
    store.close()


def draw(address: str) -> None:
    TO.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.needed()), args=["--no-sandbox"]
        )
        for name, (path, looks) in VIEWS.items():
            page = browser.new_page(**looks)
            page.goto(address + path)
            page.wait_for_timeout(2500)  # pictures are drawn when they are first asked for
            out = io.BytesIO()
            Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(out, "WEBP", quality=80)
            if len(out.getvalue()) > MOST_BYTES:
                raise ValueError(f"{name}: {len(out.getvalue())} bytes, more than {MOST_BYTES}")
            (TO / f"{name}.webp").write_bytes(out.getvalue())
            sys.stdout.write(f"{TO / name}.webp\n")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
