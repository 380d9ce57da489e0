"""One take from still to sealed clip, with a played model and scorer: what it misses is in its result."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline import take
from pipeline.engines.protocol import (
    Abilities,
    AtBoundary,
    Attempt,
    Engine,
    Latents,
    OnStep,
    Watcher,
)
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.misses import Answer, MissKind
from pipeline.models.image_features import Eye
from pipeline.profiles import profile
from pipeline.profiles.remedies import RetakeSection
from pipeline.recipe import Recipe, TakeOrder
from pipeline.result import EndedEarly, Refusal, TakeResult, Verdict
from pipeline.scoring import precheck
from pipeline.scoring.questions import Words
from pipeline.stages import STAGES
from pipeline.stills import prepare
from pipeline.storage.names import previewed, previews_of
from pipeline.storage.tensors import KeptTensors
from pipeline.toy import captions, drawing
from pipeline.toy.world import Scene
from tests.conftest import a_recipe
from tests.memory_media import MemoryMedia

TOY = profile.load("toy")
BALL = Scene("red", "circle", "mist", "plain", (26.0, 32.0), 10.0, ("right",))
GOOD = drawing.frames(BALL)


AHEAD = ("A blue star grows.",)
"""Prompts of takes that wait."""


class Playing:
    """A model that makes the frames that it was given."""

    abilities = Abilities(device="played", tells_each_step=True, stops_between_steps=True)

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        self._frames = frames

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> str:
        self.ahead = ahead
        return prompt

    def denoise(
        self,
        picture: Image.Image,
        text: str,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Latents:
        import torch

        return torch.zeros(1)

    def decode(self, latents: Latents) -> NDArray[np.uint8]:
        return self._frames


class AtOnce:
    """An engine that knows nothing of text, and of the rest only when it begins; it has two steps."""

    abilities = Abilities(device="far away", tells_each_step=False, stops_between_steps=False)

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        self._frames = frames

    def render(
        self, picture: Image.Image, recipe: Recipe, watcher: Watcher, attempt: Attempt
    ) -> NDArray[np.uint8]:
        watcher.stage("denoise")
        watcher.step(2, 2)
        watcher.stage("decode")
        return self._frames


class Saying:
    """A scorer that says so about the still and the clip, and sees every picture alike."""

    name = "saying"

    def __init__(self, still: float = 0.9, clip: float = 0.8) -> None:
        self._still, self._clip = still, clip

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return (answer("there", self._still, MissKind.SUBJECT_MISSING),)

    def ask_clip(
        self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
    ) -> tuple[Answer, ...]:
        return (
            answer("moves", self._clip, MissKind.ACTION_ABSENT),
            answer("kept", 0.9, MissKind.SUBJECT_REPLACED),
        )

    def ask_stages(self, frames: NDArray[np.uint8], stages: Sequence[Words]) -> tuple[Answer, ...]:
        return tuple(answer("moves", self._clip, MissKind.ACTION_ABSENT) for _ in stages)

    def see(self, pictures: list[Image.Image]) -> NDArray[np.float32]:
        return np.ones((len(pictures), 1), np.float32)


class Blind(Saying):
    def see(self, pictures: list[Image.Image]) -> NDArray[np.float32]:
        raise RuntimeError("out of memory")


def answer(clause: str, value: float, kind: MissKind) -> Answer:
    place = {"there": (0, 5), "moves": (5, 9), "kept": None}[clause]
    return Answer(question=f"{clause}?", value=value, clause=clause, span=place, kind=kind)


class Nobody:
    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


class Keeping:
    """A watcher that keeps what it is told, and stops the take at one of it."""

    def __init__(self, last: str | tuple[int, int] | None = None) -> None:
        self.told: list[str | tuple[int, int]] = []
        self._last = last

    def stage(self, name: str) -> None:
        self._tell(name)

    def step(self, step: int, steps: int) -> None:
        self._tell((step, steps))

    def _tell(self, what: str | tuple[int, int]) -> None:
        self.told.append(what)
        if what == self._last:
            raise RenderStopped("asked to stop")


def made(
    folder: Path, frames: NDArray[np.uint8], scorer: Saying, model: Engine | None = None
) -> TakeResult:
    """A take that somebody insists on."""
    result = answer_to(folder, frames, scorer, insisted=True, model=model)
    assert isinstance(result, TakeResult)
    return result


def answer_to(
    folder: Path,
    frames: NDArray[np.uint8],
    scorer: Saying,
    *,
    insisted: bool = False,
    no_decline: bool = False,
    model: Engine | None = None,
    watcher: Watcher | None = None,
    media: MemoryMedia | None = None,
    prompt: str = captions.short(BALL),
    wish: str = "",
    previews: bool = False,
) -> TakeResult | Refusal:
    media = media or MemoryMedia()
    place = folder / "ball.png"
    Image.fromarray(frames[0]).save(place)
    kept = prepare.keep(prepare.fit(place, TOY), media)
    recipe = a_recipe(still=kept.sha256, prompt=prompt)
    title = "demo/ball take 1"
    order = TakeOrder(
        recipe=recipe,
        clip="clips/a.mp4",
        title=title,
        insisted=insisted,
        no_decline=no_decline,
        wish=wish,
        ahead=AHEAD,
        previews=previews,
    )
    engine = model or Playing(frames)
    eye = cast(Eye, scorer)
    tools = take.Tools(
        profile=TOY, engine=engine, scorer=scorer, media=media, eye=eye, kept=KeptTensors(media)
    )
    made = take.make(order, tools, watcher or Nobody())
    assert not isinstance(made, EndedEarly)
    return made


def test_a_good_take_misses_nothing_and_keeps_its_answers(tmp_path: Path) -> None:
    result = made(tmp_path, GOOD, Saying())
    assert (result.verdict, result.misses, result.findings) == ("accepted", (), ())
    assert [each.value for each in result.match.answers] == [0.9, 0.8, 0.9]
    assert tuple(result.seconds) == STAGES


def test_the_stages_and_the_steps_are_told_in_their_order(tmp_path: Path) -> None:
    class Stepping(Playing):
        def denoise(
            self,
            picture: Image.Image,
            text: str,
            recipe: Recipe,
            on_step: OnStep,
            at_boundary: AtBoundary | None = None,
        ) -> Latents:
            on_step(1, 2)
            on_step(2, 2)
            return super().denoise(picture, text, recipe, on_step)

    watcher = Keeping()
    result = answer_to(tmp_path, GOOD, Saying(), model=Stepping(GOOD), watcher=watcher)
    assert watcher.told == [*STAGES[:4], (1, 2), (2, 2), *STAGES[4:]]
    assert result.device == "played"


def test_a_take_that_people_will_look_through_has_previews_beside_its_clip_and_costs_no_more(
    tmp_path: Path,
) -> None:
    media, watcher = MemoryMedia(), Keeping()
    result = answer_to(tmp_path, GOOD, Saying(), watcher=watcher, media=media, previews=True)
    assert isinstance(result, TakeResult)
    assert sorted(each for each in media.files if each.startswith("clips/")) == sorted(
        [result.clip.path, *previews_of(result.clip.path)]
    )
    assert tuple(result.seconds) == STAGES
    assert watcher.told == [*STAGES]


def test_a_take_that_nobody_looks_through_has_none(tmp_path: Path) -> None:
    media = MemoryMedia()
    answer_to(tmp_path, GOOD, Saying(), media=media)
    assert [each for each in media.files if each.startswith("clips/")] == ["clips/a.mp4"]


def test_a_preview_that_fails_costs_no_take(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(MemoryMedia):
        def put(self, name: str, data: bytes) -> None:
            if previewed(name):
                raise OSError(28, "No space left on device")
            super().put(name, data)

    media = Full()
    result = answer_to(tmp_path, GOOD, Saying(), media=media, previews=True)
    assert isinstance(result, TakeResult)
    assert (result.verdict, result.findings) == ("accepted", ())
    assert media.exists(result.clip.path)
    assert "clips/a.mp4 has no previews: OSError: [Errno 28] No space left" in caplog.text


def test_the_engine_hears_what_others_will_ask_for(tmp_path: Path) -> None:
    engine = Playing(GOOD)
    answer_to(tmp_path, GOOD, Saying(), model=engine)
    assert engine.ahead == AHEAD


@pytest.mark.parametrize("last", STAGES)
def test_a_take_can_be_stopped_before_each_stage_and_then_leaves_no_clip(
    tmp_path: Path, last: str
) -> None:
    watcher = Keeping(last)
    with pytest.raises(RenderStopped):
        answer_to(tmp_path, GOOD, Saying(), watcher=watcher)
    assert watcher.told == [*STAGES[: STAGES.index(last) + 1]]
    assert not list(tmp_path.rglob("*.mp4"))


def test_an_engine_that_does_all_at_once_tells_what_it_knows(tmp_path: Path) -> None:
    watcher = Keeping()
    result = answer_to(tmp_path, GOOD, Saying(), model=AtOnce(GOOD), watcher=watcher)
    assert isinstance(result, TakeResult)
    stages = [name for name in STAGES if name != "text"]
    assert watcher.told == [*stages[:3], (2, 2), *stages[3:]]
    assert list(result.seconds) == stages
    assert (result.verdict, result.device) == ("accepted", "far away")


def test_an_engine_that_does_all_at_once_is_stopped_by_what_it_tells(tmp_path: Path) -> None:
    watcher = Keeping((2, 2))
    with pytest.raises(RenderStopped):
        answer_to(tmp_path, GOOD, Saying(), model=AtOnce(GOOD), watcher=watcher)
    assert watcher.told[-1] == (2, 2)


def test_what_the_scorer_denies_is_missed_before_and_after(tmp_path: Path) -> None:
    result = made(tmp_path, GOOD, Saying(still=0.1, clip=0.2))
    assert result.verdict == "low_match"
    kinds = [miss.kind.value for miss in result.misses]
    assert kinds == ["subject_missing", "action_absent"]


def test_what_the_still_cannot_show_is_declined_before_anything_is_rendered(tmp_path: Path) -> None:
    media = MemoryMedia()
    refusal = answer_to(tmp_path, GOOD, Saying(still=0.1), media=media)
    assert isinstance(refusal, Refusal)
    (miss,) = refusal.misses
    assert (miss.kind, miss.value, miss.threshold) == (MissKind.SUBJECT_MISSING, 0.1, 0.3)
    assert "there" in miss.message
    assert refusal.match.still_prompt == 0.1
    assert tuple(refusal.seconds) == STAGES[:2]
    assert not list(media.files_below("", ".mp4"))


def test_a_shot_that_is_never_declined_is_rendered_and_says_what_spoke_against_it(
    tmp_path: Path,
) -> None:
    result = answer_to(tmp_path, GOOD, Saying(still=0.1), no_decline=True)
    assert isinstance(result, TakeResult)
    assert "there" in result.despite
    assert tuple(result.seconds) == STAGES

    fitting = answer_to(tmp_path, GOOD, Saying(still=0.9), no_decline=True)
    assert isinstance(fitting, TakeResult)
    assert fitting.despite == ""


def test_a_still_that_nearly_shows_it_is_rendered(tmp_path: Path) -> None:
    assert isinstance(answer_to(tmp_path, GOOD, Saying(still=0.31)), TakeResult)


def test_only_the_core_of_a_prompt_decides_whether_its_take_is_declined() -> None:
    class Pedant(Saying):
        def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
            hopeful = prompt == "The red circle moves right."
            return (answer("there", 0.9 if hopeful else 0.0, MissKind.SUBJECT_MISSING),)

    buried = "Timeless and elegant visual poetry. The red circle moves right."
    order = TakeOrder(recipe=a_recipe(prompt=buried), clip="clips/a.mp4", title="demo/ball take 1")
    assert precheck.hopeless(order, Image.new("RGB", (64, 64)), Pedant(), TOY) == ()


def test_a_profile_that_declines_nothing_asks_nothing() -> None:
    lax = TOY.model_copy(update={"retakes": RetakeSection(decline=False)})
    order = TakeOrder(recipe=a_recipe(), clip="clips/a.mp4", title="demo/ball take 1")
    assert precheck.hopeless(order, Image.new("RGB", (64, 64)), Saying(still=0.0), lax) == ()


def test_a_broken_clip_is_told_with_its_number_and_never_passes(tmp_path: Path) -> None:
    frames = GOOD.copy()
    frames[9:] = drawing.frames(replace(BALL, ground="night"))[9:]
    result = made(tmp_path, frames, Saying())
    (miss,) = result.misses
    assert (result.verdict, miss.kind) == ("bad_clip", MissKind.SCENE_JUMP)
    assert [finding.code for finding in result.findings] == ["clip.scene_jump"]


def test_a_first_frame_that_is_not_the_still_is_told(tmp_path: Path) -> None:
    class Turned(Playing):
        def decode(self, latents: None) -> NDArray[np.uint8]:
            return super().decode(latents)[:, :, ::-1]

    result = made(tmp_path, GOOD, Saying(), Turned(GOOD))
    (miss,) = result.misses
    assert (result.verdict, miss.kind) == ("bad_clip", MissKind.FIRST_FRAME)
    assert miss.value > miss.threshold == TOY.clip.first_frame


def test_a_warning_about_the_motion_does_not_reject_a_take(tmp_path: Path) -> None:
    result = made(tmp_path, np.concatenate([GOOD[::2], GOOD[-3::-2]]), Saying())
    assert (result.verdict, [miss.kind.value for miss in result.misses]) == (
        "accepted",
        ["rebound"],
    )


def test_a_take_whose_subject_could_not_be_looked_at_says_so_and_lives_on(tmp_path: Path) -> None:
    result = made(tmp_path, GOOD, Blind())
    (finding,) = result.findings
    assert (result.verdict, result.misses) == ("accepted", ())
    assert (finding.code, finding.severity) == ("clip.subject_unseen", "info")
    assert "out of memory" in finding.message


class Dying(Playing):
    """Denoises, and fails in the decode as often as is said."""

    def __init__(self, frames: NDArray[np.uint8], *causes: Cause) -> None:
        super().__init__(frames)
        self.causes = list(causes)
        self.denoised = 0

    def denoise(
        self,
        picture: Image.Image,
        text: str,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Latents:
        import torch

        self.denoised += 1
        return torch.full((1, 2), 7.0)

    def decode(self, latents: Latents) -> NDArray[np.uint8]:
        if self.causes:
            raise RenderFault(self.causes.pop(0), "the decode failed")
        assert latents.tolist() == [[7.0, 7.0]]
        return self._frames


def attempt(folder: Path, media: MemoryMedia, engine: Dying) -> TakeResult | RenderFault:
    """One attempt at the same take."""
    try:
        result = answer_to(folder, GOOD, Saying(), model=engine, media=media, insisted=True)
    except RenderFault as fault:
        return fault
    assert isinstance(result, TakeResult)
    return result


def kept_latents(media: MemoryMedia) -> list[str]:
    return [name for name in media.files if name.startswith("kept/latents/")]


@pytest.mark.parametrize("cause", [Cause.MACHINE, Cause.CAPACITY])
def test_a_finished_denoise_outlasts_the_attempt_that_died_in_the_decode(
    tmp_path: Path, cause: Cause
) -> None:
    media, first, second = MemoryMedia(), Dying(GOOD, cause), Dying(GOOD)
    assert isinstance(attempt(tmp_path, media, first), RenderFault)
    assert len(kept_latents(media)) == 1

    result = attempt(tmp_path, media, second)
    assert isinstance(result, TakeResult)
    assert (first.denoised, second.denoised) == (1, 0)
    assert kept_latents(media) == []
    assert set(result.seconds) == set(STAGES)  # what the first attempt spent is the take's
    assert result.seconds["denoise"] > 0


def test_what_cannot_be_decoded_twice_is_denoised_anew(tmp_path: Path) -> None:
    media, engine = MemoryMedia(), Dying(GOOD, Cause.MACHINE, Cause.MACHINE)
    attempt(tmp_path, media, engine)
    attempt(tmp_path, media, engine)
    assert kept_latents(media) == []
    assert isinstance(attempt(tmp_path, media, engine), TakeResult)
    assert engine.denoised == 2


def test_a_full_card_costs_no_denoise_however_often_it_is_full(tmp_path: Path) -> None:
    media, engine = MemoryMedia(), Dying(GOOD, Cause.CAPACITY, Cause.CAPACITY, Cause.CAPACITY)
    for _ in range(3):
        attempt(tmp_path, media, engine)
    assert isinstance(attempt(tmp_path, media, engine), TakeResult)
    assert engine.denoised == 1


WISH = "The red circle moves right, then it grows."


@pytest.mark.parametrize(
    ("prompt", "clip", "verdict", "told"),
    [
        (WISH, 0.8, Verdict.ACCEPTED, "2 of 2"),
        ("The red circle moves right.", 0.8, Verdict.PARTLY, "1 of 2: “then it grows” was cut"),
        (WISH, 0.2, Verdict.LOW_MATCH, "0 of 2"),
    ],
)
def test_a_take_is_accepted_by_the_prompt_of_its_shot(
    tmp_path: Path, prompt: str, clip: float, verdict: Verdict, told: str
) -> None:
    class Whole(Saying):
        """Asks about the prompt as a whole."""

        def ask_clip(
            self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
        ) -> tuple[Answer, ...]:
            shown, kept = super().ask_clip(frames, picture, prompt)
            return replace(shown, span=None), kept

    result = answer_to(tmp_path, GOOD, Whole(clip=clip), wish=WISH, prompt=prompt)
    assert isinstance(result, TakeResult)
    assert result.verdict is verdict
    assert result.coverage is not None
    assert str(result.coverage).startswith(told)


def test_nobody_says_what_a_take_shows_that_nobody_could_judge(tmp_path: Path) -> None:
    result = answer_to(tmp_path, GOOD, Saying(clip=float("nan")), wish=WISH)
    assert isinstance(result, TakeResult)
    assert (result.verdict, result.coverage) == (Verdict.UNSCORED, None)


class Tired(Saying):
    """Dies of single stages."""

    def ask_stages(self, frames: NDArray[np.uint8], stages: Sequence[Words]) -> tuple[Answer, ...]:
        raise RuntimeError("out of memory")


def test_a_scorer_that_dies_of_a_stage_that_was_asked_for_lets_nothing_pass(tmp_path: Path) -> None:
    result = answer_to(tmp_path, GOOD, Tired(), wish=WISH, prompt=WISH)
    assert isinstance(result, TakeResult)
    assert (result.verdict, result.coverage) == (Verdict.UNSCORED, None)
    assert result.match.note == (
        "nobody could say whether the clip shows “then it grows”: "
        "the scorer failed: RuntimeError: out of memory"
    )


def test_a_scorer_that_dies_of_a_stage_that_was_cut_leaves_it_cut(tmp_path: Path) -> None:
    class Of(Tired):
        def ask_clip(
            self, frames: NDArray[np.uint8], picture: Image.Image, prompt: str
        ) -> tuple[Answer, ...]:
            shown, kept = super().ask_clip(frames, picture, prompt)
            return replace(shown, span=None), kept

    result = answer_to(tmp_path, GOOD, Of(), wish=WISH, prompt="The red circle moves right.")
    assert isinstance(result, TakeResult)
    assert result.verdict is Verdict.PARTLY
    assert result.coverage is not None
    assert [stage.value for stage in result.coverage.stages] == [0.8, None]
