"""Hears every event of a run, and keeps a list of what was accepted: `python own_listener.py`."""

import csv
import shutil
from pathlib import Path

from farm import demo
from farm.api import Event, EventKind, Farm

SHOTS = """\
shot,image,prompt
sh010,stills/green_triangle.png,The green triangle rises.
"""


class Accepted:
    """Any callable of an event is a listener; this one remembers takes for a spreadsheet."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int | None, float]] = []

    def __call__(self, event: Event) -> None:
        print(event.kind, event.shot or event.who)
        if event.kind is EventKind.TAKE_SUCCEEDED and event.data["verdict"] == "accepted":
            self.rows.append((event.shot, event.take, event.data["seconds"]))


def main() -> None:
    shutil.copytree(demo.folder() / "stills", "stills", dirs_exist_ok=True)
    Path("shots.csv").write_text(SHOTS, encoding="utf-8")
    accepted = Accepted()
    with Farm.open(profile="toy", cluster="inline") as farm:
        farm.submit("shots.csv", "ads")
        farm.run("ads", listeners=[accepted])
    with Path("accepted.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("shot", "take", "seconds"), *accepted.rows])


if __name__ == "__main__":
    main()
