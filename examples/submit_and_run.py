"""Hands in two shots, renders them here, and delivers what was accepted: `python submit_and_run.py`."""

import shutil
from pathlib import Path

from farm import demo
from farm.api import Farm

SHOTS = """\
shot,image,prompt
sh010,stills/red_circle.png,The red circle moves left.
sh020,stills/blue_square.png,The blue square slides to the right.
"""


def main() -> None:
    shutil.copytree(demo.folder() / "stills", "stills", dirs_exist_ok=True)
    Path("shots.csv").write_text(SHOTS, encoding="utf-8")
    with Farm.open(profile="toy", cluster="inline") as farm:
        for problem in farm.submit("shots.csv", "ads").problems:
            print(problem)
        summary = farm.run()
        print(f"{summary.made} takes made, {summary.accepted} of them accepted")
        for clip in farm.deliver("ads", "delivery").clips:
            print(clip)


if __name__ == "__main__":
    main()
