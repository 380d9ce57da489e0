"""Productions for the desk to show: photographs that move, few takes and many, prompts as people write."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from farm.domain.decision import Decide, Decision
from farm.domain.lease import Lease
from farm.domain.lifecycle import ReviewStatus
from farm.domain.placement import Seat
from farm.store import Store
from farm.store.queue import claims, settle
from farm.store.shots import intake
from pipeline.clips import encode
from pipeline.coverage import Coverage, Stage
from pipeline.coverage import Shown as Seen
from pipeline.ladder import Step
from pipeline.misses import Answer, Miss, MissKind
from pipeline.prompts.grammar.prompt import parse
from pipeline.result import Clip, Match, TakeResult, Verdict
from pipeline.scoring import question_text
from pipeline.scoring.matching import SENTENCES as SAID
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from pipeline.storage.protocol import Media
from tests.conftest import a_new_shot, a_recipe
from tests.pictures import photograph

PHOTOGRAPHS = ("coffee", "flower", "cat", "china", "rocket", "astronaut")
WIDE, TALL, TOY = (832, 480), (480, 832), (64, 64)
FPS, FRAMES = 16, 17
ENGLISH = (
    "A porcelain cup of espresso stands on a dark walnut table beside a silver spoon, thin steam rises "
    "from it and curls slowly to the left while the camera pushes in by a hand's breadth, soft window "
    "light from the right, shallow depth of field, the logo on the cup stays sharp and legible from the "
    "first frame to the last",
    "The orange flower opens slowly",
    "A tabby cat turns its head to the camera and blinks",
)
CHINESE = (
    "清晨的阳光从右侧窗户斜照进来，落在深色胡桃木桌面上的白瓷咖啡杯上，热气缓缓升起并向左飘散，镜头慢慢向前推进，背景虚化，"
    "杯身上的品牌标志始终清晰可辨，整体色调温暖而克制，画面节奏平稳，没有任何突兀的切换",
    "橙色的花慢慢绽放",
    "虎斑猫转过头看向镜头，眨了眨眼睛",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A shot as it is to stand at the end."""

    code: str
    prompt: str = ENGLISH[1]
    takes: int = 1
    """Made takes; none leaves the first one waiting."""
    size: tuple[int, int] = WIDE
    photograph: str = "coffee"
    review: ReviewStatus = ReviewStatus.ACCEPTED
    match: float = 0.81
    misses: tuple[MissKind, ...] = ()
    draft: bool = False


def show(store: Store, media: Media, production: str, shots: Sequence[Shown]) -> None:
    """Adds a production with these shots, their stills and all their takes, without a worker."""
    by_code = {each.code: each for each in shots}
    new = [
        a_new_shot(
            each.code,
            draft_for="toy" if each.draft else None,
            recipe=a_recipe(
                still=_still(media, each.photograph, each.size),
                prompt=each.prompt,
                width=each.size[0],
                height=each.size[1],
                frames=FRAMES,
                fps=FPS,
            ),
        )
        for each in shots
    ]
    intake.submit(store, production, new, who="anna")
    left = {each.code: each.takes for each in shots}
    while any(left.values()):
        places = [Seat(f"w{number}") for number in range(len(shots))]
        leases, _ = claims.claim(store, "desk", "toy", places, 600.0)
        for lease in leases:
            shot = by_code[lease.shot.code]
            left[shot.code] -= 1
            if shot.takes:
                _make(store, media, lease, shot, last=lease.number == shot.takes)
        if not any(left[lease.shot.code] >= 0 for lease in leases):
            break


def _make(store: Store, media: Media, lease: Lease, shot: Shown, *, last: bool) -> None:
    data = film(shot.photograph, shot.size)
    media.put_new(lease.clip, data)
    clip = Clip(
        path=lease.clip,
        sha256=sha256(data).hexdigest(),
        size=len(data),
        frames=FRAMES,
        fps=FPS,
        width=shot.size[0],
        height=shot.size[1],
    )
    match = shot.match if last else 0.2 + 0.03 * lease.number
    result = TakeResult(
        verdict=Verdict.ACCEPTED if last and shot.match >= 0.5 else Verdict.LOW_MATCH,
        match=Match(
            scorer="played",
            clip_prompt=match,
            clip_still=0.93,
            answers=(
                Answer(
                    question=question_text.ask(
                        "happens", parse(shot.prompt).language, shot.prompt[:60]
                    ),
                    value=match,
                    clause=shot.prompt[:60],
                    kind=MissKind.ACTION_ABSENT,
                ),
            ),
        ),
        clip=clip,
        coverage=Coverage(
            stages=(Stage(text=shot.prompt[:40], shown=Seen.SHOWN if match >= 0.5 else Seen.NOT_SHOWN),)
        ),
        misses=tuple(
            Miss(
                kind=kind, value=0.2, threshold=0.5,
                message=f"{SAID[kind].format(shot.prompt[:40])}: 0.20, below 0.50",
            )
            for kind in shot.misses
        ),
        seconds={"denoise": 41.5, "encode": 0.6},
    )  # fmt: skip
    settle.made(store, lease, result, _ends(shot, lease) if last else _goes_on(lease))


def _ends(shot: Shown, lease: Lease) -> Decide:
    decision = Decision(review=shot.review, why="as it is shown", selected=lease.number)
    return lambda _: decision


def _goes_on(lease: Lease) -> Decide:
    seed = lease.recipe.seed + 1
    step = Step(
        rung=1,
        recipe=replace(lease.recipe, seed=seed),
        why="match 0.23 is below 0.50",
        changes={"seed": (lease.recipe.seed, seed)},
    )
    decision = Decision(review=ReviewStatus.PENDING, why="it misses", step=step)
    return lambda _: decision


@cache
def picture(name: str, size: tuple[int, int]) -> Image.Image:
    """A photograph that fills the size, cut to it and never stretched."""
    return ImageOps.fit(photograph(name), size)


@cache
def film(name: str, size: tuple[int, int]) -> bytes:
    """A clip in which the camera goes slowly towards a photograph."""
    with tempfile.TemporaryDirectory() as folder:
        place = MediaFolder(Path(folder))
        encode.seal(_frames(name, size), place, "film.mp4", FPS, {"title": name})
        return (Path(folder) / "film.mp4").read_bytes()


def _frames(name: str, size: tuple[int, int]) -> Frames:
    whole = picture(name, size)
    frames = [whole]
    for number in range(1, FRAMES):
        edge = size[0] * number // 200, size[1] * number // 200
        box = (*edge, size[0] - edge[0], size[1] - edge[1])
        frames.append(whole.resize(size, Image.Resampling.BILINEAR, box))
    return np.stack([np.asarray(frame) for frame in frames])


def _still(media: Media, name: str, size: tuple[int, int]) -> str:
    out = io.BytesIO()
    picture(name, size).save(out, "PNG")
    key = sha256(out.getvalue()).hexdigest()
    if not media.exists(still_path(key)):
        media.put_new(still_path(key), out.getvalue())
    return key
