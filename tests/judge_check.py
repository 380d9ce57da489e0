"""Whether a judge judges: photographs held against their own prompts and others', `make judge-check`.

Needs no farm and no render: which prompt fits which photograph is known. The share of pairs that the judge
puts in order (AUROC) is told for English, for Chinese, and for prompts in which one thing alone is wrong.
Exits with 1 where the English share is below 0.9. The photographs come with libraries; nothing is fetched
but the judge's weights, where they are not at hand.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import RenderFault
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile, ProfileError
from pipeline.scoring import calibration, loading, matching, swapped_prompts
from pipeline.scoring.accuracy import Figure
from pipeline.scoring.calibration import Label
from pipeline.scoring.protocol import Scorer
from pipeline.scoring.swapped_prompts import Subject
from pipeline.stills import prepare
from pipeline.storage.folder import MediaFolder
from tests.pictures import photograph

if TYPE_CHECKING:
    from PIL.Image import Image

ENOUGH = 0.9
"""AUROC from which a judge tells a photograph's own prompt from another's."""
PROFILE = "wan2.2-i2v-a14b"


@dataclass(frozen=True, slots=True)
class Sample:
    """A photograph, what fits it, and the same with one thing wrong."""

    name: str
    english: str
    chinese: str
    wrong: str


SAMPLES = (
    Sample(
        "astronaut",
        "The astronaut in the orange suit smiles.",
        "穿橙色宇航服的宇航员微微一笑",
        "The astronaut in the green suit smiles.",
    ),
    Sample(
        "cat",
        "The cat blinks slowly.",
        "猫慢慢眨眼",
        "The parrot blinks slowly.",
    ),
    Sample(
        "coffee",
        "The red cup of coffee turns on its saucer.",
        "红色的咖啡杯在碟子上旋转",
        "The blue cup of coffee turns on its saucer.",
    ),
    Sample(
        "rocket",
        "The rocket lifts off.",
        "火箭缓缓升空",
        "The helicopter lifts off.",
    ),
    Sample(
        "china",
        "The pagoda lights up.",
        "宝塔亮起灯光",
        "The lighthouse lights up.",
    ),
    Sample(
        "flower",
        "The orange flower sways in the wind.",
        "橙色的花在风中轻轻摆动",
        "The blue flower sways in the wind.",
    ),
    Sample(
        "man",
        "The man with the camera turns his head.",
        "拿相机的男人转过头",
        "The man with the violin turns his head.",
    ),
    Sample(
        "motorcycle",
        "The red motorcycle rolls forward.",
        "红色的摩托车向前驶去",
        "The green motorcycle rolls forward.",
    ),
    Sample(
        "coins",
        "The old coins begin to shine.",
        "古老的硬币开始发光",
        "The old keys begin to shine.",
    ),
    Sample(
        "hubble_deep_field",
        "The galaxies in the dark sky twinkle.",
        "夜空中的星系闪烁",
        "The snowflakes on the dark window melt.",
    ),
    Sample(
        "horse",
        "The black horse begins to trot.",
        "黑色的马开始小跑",
        "The black cow begins to trot.",
    ),
    Sample(
        "page",
        "The printed page turns.",
        "印着文字的书页翻动",
        "The painted canvas turns.",
    ),
)
"""What each shows was looked at by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came out. AUROC with its 95 % interval; None where the judge could not judge."""

    scorer: str
    photographs: int
    english: Figure | None
    chinese: Figure | None
    one_thing_wrong: Figure | None
    seconds: float
    """From the first question to the last."""

    @property
    def judges(self) -> bool:
        """Whether it tells prompts apart."""
        return self.english is not None and self.english.value >= ENOUGH


def check(scorer: Scorer, wanted: Profile, samples: Sequence[Sample] = SAMPLES) -> Told:
    """Holds every photograph against its own prompts and others'."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        media = MediaFolder(Path(folder))
        stills = [prepare.keep(_fitted(each.name, wanted, Path(folder)), media) for each in samples]
        names = [each.sha256 for each in stills]
        english = [*_swapped(scorer, media, names, [each.english for each in samples])]
        chinese = [*_swapped(scorer, media, names, [each.chinese for each in samples])]
        pictures = [prepare.load(media, each.sha256) for each in stills]
        wrong = [*_one_thing_wrong(scorer, pictures, samples)]
    return Told(
        scorer=scorer.name,
        photographs=len(samples),
        english=_apart(english),
        chinese=_apart(chinese),
        one_thing_wrong=_apart(wrong),
        seconds=time.perf_counter() - began,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came out; 0 where the judge judges, else 1."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    named = "--weights"
    if asked.weights is None and (known := os.environ.get("FARM_WEIGHTS")):
        named, asked.weights = "FARM_WEIGHTS", Path(_at_home(known))
    if asked.weights is not None and not asked.weights.is_dir():
        parser.error(f"{named}: {asked.weights} is no folder")
    try:
        return _checked(profile.load(asked.profile), asked)
    except (ProfileError, RenderFault) as error:
        parser.error(str(error))


def _checked(wanted: Profile, asked: argparse.Namespace) -> int:
    match, root = wanted.match, asked.weights
    if root is not None and (root / "config.json").is_file():
        match = match.model_copy(update={"weights": str(root.absolute())})
    told = check(loading.load(match, root), wanted)
    out = json.dumps(asdict(told), indent=2) if asked.json else "\n".join(_lines(told))
    sys.stdout.write(f"{out}\n")
    return 0 if told.judges else 1


def _parser() -> argparse.ArgumentParser:
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.judge_check", description=summary)
    parser.add_argument(
        "--weights",
        type=lambda text: Path(_at_home(text)),
        help="the folder of weights, or the judge's own; where none is named that of FARM_WEIGHTS",
    )
    parser.add_argument(
        "--profile", type=_at_home, default=PROFILE, help="whose [match] says how it is asked"
    )
    parser.add_argument("--json", action="store_true")
    return parser


def _at_home(text: str) -> str:
    """A path in a home, where it begins with a tilde: shells leave one in quotation marks alone."""
    try:
        return str(Path(text).expanduser()) if text.startswith("~") else text
    except RuntimeError:  # nobody is called so
        return text


def _fitted(name: str, wanted: Profile, folder: Path) -> prepare.Fitted:
    place = folder / f"{name}.png"
    photograph(name).save(place)
    return prepare.fit(place, wanted)


def _swapped(
    scorer: Scorer, media: MediaFolder, stills: Sequence[str], prompts: Sequence[str]
) -> Iterator[Label]:
    """`stills` are named by their SHA-256."""
    subjects = [
        Subject(shot=still, prompt=prompt, still=still, clip=None)
        for still, prompt in zip(stills, prompts, strict=True)
    ]
    for number, (labels, _) in enumerate(swapped_prompts.held(subjects, scorer, media), start=1):
        sys.stderr.write(f"{number} of {len(subjects)}: {subjects[number - 1].prompt}\n")
        yield from labels


def _one_thing_wrong(
    scorer: Scorer, pictures: "Sequence[Image]", samples: Sequence[Sample]
) -> Iterator[Label]:
    for picture, sample in zip(pictures, samples, strict=True):
        for prompt in (sample.english, sample.wrong):
            fit = matching.judge_still(scorer, picture, prompt).still_prompt
            if fit is not None:
                yield Label(fit, prompt == sample.english, sample.name)


def _apart(labels: Sequence[Label]) -> Figure | None:
    return calibration.told_apart(labels) if labels else None


def _lines(told: Told) -> Iterator[str]:
    yield f"{told.scorer}, {told.photographs} photographs, {told.seconds:.0f} s"
    for what, figure in (
        ("another photograph's prompt, English", told.english),
        ("another photograph's prompt, Chinese", told.chinese),
        ("the same prompt with one thing wrong", told.one_thing_wrong),
    ):
        said = (
            "could not be judged"
            if figure is None
            else f"AUROC {figure.value:.2f} ({figure.low:.2f} … {figure.high:.2f})"
        )
        yield f"  {what}: {said}"
    if told.judges:
        yield f"It judges: at least {ENOUGH:g} in English."
        if told.chinese is None or told.chinese.value < ENOUGH:
            yield "It does not read Chinese well enough: name another judge for Chinese prompts."
    else:
        yield (
            f"It does not judge: below {ENOUGH:g} in English. Look at the weights and at [match] kind, or "
            "name another judge."
        )


if __name__ == "__main__":
    sys.exit(main())
