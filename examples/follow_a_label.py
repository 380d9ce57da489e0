"""Puts a name on a product and lets the farm follow it through the clip: `python follow_a_label.py`."""

import shutil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from farm import demo
from farm.api import Farm
from pipeline import misses

SHOTS = """\
shot,image,prompt,must_keep
sh010,stills/nova.png,The blue square slides to the right.,NOVA
"""


def main() -> None:
    """The toy was taught no letters: of a name this small its clip keeps nothing, and the farm says so."""
    shutil.copytree(demo.folder() / "stills", "stills", dirs_exist_ok=True)
    still = Image.open("stills/blue_square.png").convert("RGB")
    brush, font = ImageDraw.Draw(still), ImageFont.load_default(28)
    brush.text((79, 131), "NOVA", font=font, fill="white", anchor="mm")
    still.save("stills/nova.png")
    Path("shots.csv").write_text(SHOTS, encoding="utf-8")
    with Farm.open(profile="toy-lettered", cluster="inline") as farm:
        farm.submit("shots.csv", "ads")
        farm.run()
        for take in farm.story("ads", "sh010").takes:
            for miss in misses.stored(take.result):
                print(f"take {take.number}, {miss.kind}: {miss.message}")
        print(farm.shots("ads").shots[0].state)


if __name__ == "__main__":
    main()
