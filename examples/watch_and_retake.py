"""Sees which shots need a person and asks for another take of them: `python watch_and_retake.py`."""

import shutil
from pathlib import Path

from farm import demo
from farm.api import Farm, ShotState, Wishes

SHOTS = """\
shot,image,prompt
sh010,stills/yellow_triangle.png,The blue circle moves right.
"""
"""A prompt that does not fit its picture: the farm declines it and asks a person."""


def main() -> None:
    shutil.copytree(demo.folder() / "stills", "stills", dirs_exist_ok=True)
    Path("shots.csv").write_text(SHOTS, encoding="utf-8")
    with Farm.open(profile="toy", cluster="inline") as farm:
        farm.submit("shots.csv", "ads")
        farm.run()
        for shot in farm.shots("ads", ShotState.NEEDS_REVIEW).shots:
            print(f"{shot.code}: {shot.reason}")
            wishes = Wishes(prompt="The yellow triangle moves right.")
            farm.retake("ads", shot.code, wishes=wishes, why="the prompt was another shot's")
        farm.run()
        for take in farm.story("ads", "sh010").takes:
            print(f"take {take.number}: {take.verdict or take.status}, {take.why}")
        print(farm.status("ads").productions[0].states)


if __name__ == "__main__":
    main()
