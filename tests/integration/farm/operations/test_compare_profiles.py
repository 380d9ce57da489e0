"""Pairs are rendered once, kept, judged by the same lines, and said in a record; an end goes on later."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farm import config
from farm.cluster.outcome import Faulted, Made, Rejected
from farm.comparison import batch
from farm.config import Settings
from farm.domain.comparison import Conclusion
from farm.errors import FarmError, Refused, SettingsError
from farm.operations.compare_profiles import Compared, Onlooker, compare_profiles
from farm.operations.gated import gated, in_words
from farm.operations.workspace import media_of, profile_of, source_of
from farm.shotlist import Problem
from pipeline.clips import encode
from pipeline.errors import Cause
from pipeline.profiles.profile import Profile
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult, Verdict, Zones
from pipeline.scoring import calibration_file
from pipeline.scoring.calibration import Calibration
from pipeline.storage.protocol import Media
from tests.conftest import a_result
from tests.pictures import ground
from tests.played_cluster import PlayedCluster

TOY = (Path(config.__file__).parents[1] / "pipeline/profiles/toy.toml").read_text()
SPEED = '\n[speed]\nguidance = "above_boundary"\n'
SCORER = "toy-clip"

Gate = Callable[..., Compared]


def write(name: str, text: str = TOY + SPEED, stands_for: str = "toy") -> None:
    """A profile of the studio's own."""
    claims = f'\nstands_for = "{stands_for}"' if stands_for else ""
    Path("profiles", f"{name}.toml").write_text(
        text.replace('name = "toy"', f'name = "{name}"{claims}')
    )


def with_changed(settings: Settings, text: str = TOY + SPEED, toy: str = TOY) -> Settings:
    """The same farm whose profiles are now these: a file is read once in a process."""
    Path("profiles").rename("before")
    Path("profiles").mkdir()
    write("toy-fast", text)
    Path("profiles", "toy.toml").write_text(toy)
    after = Path(f"profiles_{len(list(Path().iterdir()))}").absolute()
    Path("profiles").rename(after)
    Path("before").rename("profiles")
    return settings.model_copy(update={"profiles": after})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder with two shots and a profile that stands for the toy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batch, "IDLE_POLL", 0.0)
    Path("profiles").mkdir()
    Path("stills").mkdir()
    write("toy-fast")
    rows = ["shot,image,prompt,seed"]
    for code, colour, seed in (
        ("sh010", "red", "7"),
        ("sh020", "blue", ""),
        ("sh030", "green", ""),
    ):
        ground((256, 256), colour).save(f"stills/{code}.png")
        rows.append(f"{code},stills/{code}.png,The {colour} circle moves left.,{seed}")
    rows.insert(2, "sh015,stills/nothing.png,The red circle moves left.,")
    Path("shots.csv").write_text("\n".join(rows))
    return config.load(
        media=tmp_path / "media",
        profiles=tmp_path / "profiles",
        profile="toy-fast",
        backoff_seconds=0.0,
    )


@pytest.fixture
def media(settings: Settings) -> Media:
    return media_of(settings)


class Studio:
    """Clusters of one worker that seals a plain film for each order, and what they were told to do."""

    def __init__(self, media: Media) -> None:
        self.media = media
        self.orders: list[TakeOrder] = []
        self.open: list[str] = []
        """Profiles whose cluster is there."""
        self.says: dict[str, list[Any]] = {}
        """What is answered instead, by the beginning of a title; each once."""
        self.score: Callable[[TakeOrder], float] = lambda _: 0.8
        self.scorer = SCORER
        self.after: Callable[[int], None] = lambda _: None
        """Told how many takes were ordered."""

    @contextmanager
    def cluster(
        self, _settings: Settings, profile: Profile, job: Mapping[str, str]
    ) -> Iterator[PlayedCluster]:
        assert self.open == [], "two models do not fit together"
        assert job["job_name"].startswith("farm gate toy-f")
        self.open.append(profile.name)
        studio = self

        class Worker(PlayedCluster):
            def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
                super().send(worker, key, order, lease_seconds)
                assert order.recipe.profile == profile.name
                studio.orders.append(order)
                self.answer(worker, studio.answer(order))
                studio.after(len(studio.orders))

        try:
            yield Worker("w1")
        finally:
            self.open.remove(profile.name)

    def answer(self, order: TakeOrder) -> Any:
        for beginning, answers in self.says.items():
            if order.title.startswith(beginning) and answers:
                return answers.pop(0)
        return Made(self.make(order))

    def make(self, order: TakeOrder) -> TakeResult:
        recipe = order.recipe
        picture = np.asarray(ground((recipe.width, recipe.height), "red"))
        level = 0 if recipe.profile == "toy" else 3
        frames = np.repeat(picture[None] // 2 + level, 5, 0).astype(np.uint8)
        clip = encode.seal(frames, self.media, order.clip, recipe.fps, {})
        score = self.score(order)
        verdict = Verdict.ACCEPTED if score >= 0.5 else Verdict.LOW_MATCH
        result = a_result(order.clip, verdict, score)
        return replace(result, clip=clip, match=replace(result.match, scorer=self.scorer))


@pytest.fixture
def studio(media: Media) -> Studio:
    return Studio(media)


@pytest.fixture
def gate(settings: Settings, media: Media, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Gate:
    monkeypatch.setattr("farm.operations.compare_profiles.scorer_of", lambda *_: SCORER)

    def run(profile: str = "toy-fast", shotlist: str | None = "shots.csv", **more: Any) -> Compared:
        return compare_profiles(
            settings,
            media,
            source_of(settings, None, None, media),
            profile,
            Path(shotlist) if shotlist else None,
            make_cluster=studio.cluster,
            **more,
        )

    return run


def test_each_shot_is_rendered_by_both_with_the_same_seeds_the_exact_one_first(
    gate: Gate, studio: Studio
) -> None:
    told: list[int] = []

    class Listener(Onlooker):
        def problem(self, problem: Problem) -> None:
            assert studio.orders == []
            told.append(problem.row)

    found = gate(shots=2, seeds=2, onlooker=Listener())

    titles = [order.title for order in studio.orders]
    assert titles == [
        f"{shot} seed {number} by {profile}"
        for profile in ("toy", "toy-fast")
        for shot in ("sh010", "sh020")
        for number in (1, 2)
    ]
    seeds = [order.recipe.seed for order in studio.orders]
    assert seeds[:4] == seeds[4:]
    assert seeds[0] == 7
    assert len(set(seeds)) == 4
    assert told == [problem.row for problem in found.problems] == [3]
    assert (found.rendered, len(found.comparison.pairs)) == (8, 4)
    assert found.comparison.conclusion is Conclusion.UNDECIDED


def test_the_first_model_is_out_of_memory_before_the_second_is_loaded(
    gate: Gate, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Model:
        """Its parts refer to it."""

        def __init__(self) -> None:
            self.itself = self

    models: list[weakref.ref[Model]] = []
    plain = studio.cluster

    @contextmanager
    def loading(*arguments: Any) -> Iterator[PlayedCluster]:
        assert [each() for each in models] == [None] * len(models)
        model = Model()
        models.append(weakref.ref(model))
        with plain(*arguments) as cluster:
            cluster.model = model  # type: ignore[attr-defined]
            del model
            yield cluster

    monkeypatch.setattr(studio, "cluster", loading)
    gc.disable()
    try:
        gate(shots=1, seeds=1)
    finally:
        gc.enable()

    assert len(models) == 2


def test_films_are_held_against_each_other(gate: Gate) -> None:
    [pair] = gate(shots=1, seeds=1).comparison.pairs
    assert pair.psnr is not None
    assert 30 < pair.psnr < 45
    assert 0.9 < pair.ssim < 1
    assert pair.exact.clip.startswith("gates/takes/toy-fast-")


def test_a_second_time_nothing_is_rendered_and_more_shots_add_theirs(
    gate: Gate, studio: Studio
) -> None:
    first = gate(shots=1, seeds=1)
    assert gate(shots=1, seeds=1).rendered == 0
    more = gate(shots=2, seeds=2)

    assert more.rendered == 6
    assert first.comparison.pairs[0] == more.comparison.pairs[0]
    assert len(studio.orders) == 8


def test_takes_of_a_scorer_that_is_no_more_are_made_again(
    gate: Gate, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate(shots=1, seeds=1)
    studio.scorer = "toy-clip trained anew"
    monkeypatch.setattr("farm.operations.compare_profiles.scorer_of", lambda *_: studio.scorer)
    assert gate(shots=1, seeds=1).rendered == 2


def test_kept_takes_that_cannot_be_listed_are_a_sentence(
    gate: Gate, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(type(media), "files_below", gone)
    with pytest.raises(Refused, match=r"cannot be read \(Input/output error\)"):
        gate(shots=1, seeds=1)


def test_a_gate_that_is_stopped_says_so_and_the_same_command_goes_on(
    gate: Gate, studio: Studio
) -> None:
    stop = threading.Event()
    studio.after = lambda count: stop.set() if count == 3 else None

    with pytest.raises(Refused, match=r"stopped with 3 of 8 takes made; the same command goes on"):
        gate(shots=2, seeds=2, stop=stop)
    assert studio.open == []
    found = gate(shots=2, seeds=2)

    assert found.rendered == 5
    assert len({order.recipe.hash for order in studio.orders}) == len(studio.orders) == 8


def test_a_take_that_fails_once_is_made_again(gate: Gate, studio: Studio) -> None:
    studio.says = {"sh010 seed 1 by toy-fast": [Faulted(Cause.MACHINE, "a cosmic ray")]}
    assert len(gate(shots=1, seeds=1).comparison.pairs) == 1
    assert [order.clip[-7:] for order in studio.orders] == ["_a1.mp4", "_a1.mp4", "_a2.mp4"]


def test_a_fatal_fault_ends_it_and_what_was_made_stays(gate: Gate, studio: Studio) -> None:
    studio.says = {"sh010 seed 1 by toy-fast": [Faulted(Cause.FATAL, "no such weights")]}
    with pytest.raises(FarmError, match="no such weights"):
        gate(shots=1, seeds=1)
    assert gate(shots=1, seeds=1).rendered == 1


def test_a_pair_that_cannot_be_made_whole_is_left_out_and_told(gate: Gate, studio: Studio) -> None:
    told: list[str] = []

    class Listener(Onlooker):
        def left_out(self, sentence: str) -> None:
            told.append(sentence)

    studio.says = {
        "sh010 seed 1 by toy": [Rejected("still.blank", "its still shows nothing")],
    }
    found = gate(shots=2, seeds=1, onlooker=Listener())

    assert [pair.shot for pair in found.comparison.pairs] == ["sh020"]
    assert (
        list(found.comparison.left_out) == told == ["sh010 seed 1 by toy: its still shows nothing"]
    )
    assert [order.title for order in studio.orders].count("sh010 seed 1 by toy-fast") == 0


def test_where_no_pair_can_be_made_it_is_refused(gate: Gate, studio: Studio) -> None:
    studio.says = {"sh010": [Rejected("still.blank", "its still shows nothing")]}
    with pytest.raises(Refused, match=r"no pair could be made:\nsh010 seed 1 by toy: its still"):
        gate(shots=1, seeds=1)


def test_both_are_judged_by_the_lines_of_the_exact_one(
    gate: Gate, studio: Studio, media: Media
) -> None:
    zones = Zones(accept=0.9, retake=0.6)
    calibration_file.keep(
        media,
        Calibration(
            profile="toy", scorer=SCORER, source="labels", zones=zones, limit=0.1, good=40, bad=20
        ),
    )
    studio.score = lambda order: 0.95 if order.recipe.profile == "toy" else 0.8

    made = gate(shots=1, seeds=1).comparison

    assert made.zones == zones
    assert (made.only_exact, made.only_stand_in) == (1, 0)
    assert made.pairs[0].stand_in.verdict is Verdict.LOW_MATCH


def test_takes_of_different_scorers_are_not_compared(gate: Gate, studio: Studio) -> None:
    gate(shots=1, seeds=1)
    studio.scorer = "another"
    with pytest.raises(
        Refused, match=r"different scorers \(another, toy-clip\): move .*gates/takes"
    ):
        gate(shots=2, seeds=1)


def test_a_clip_that_was_damaged_is_told_with_the_remedy(
    gate: Gate, studio: Studio, media: Media
) -> None:
    gate(shots=1, seeds=1)
    clip = media.local(studio.orders[0].clip)
    assert clip is not None
    clip.write_bytes(b"x" * clip.stat().st_size)
    with pytest.raises(
        Refused, match=r"cannot be read .*: delete it, and the same command makes it"
    ):
        gate(shots=1, seeds=1)
    clip.unlink()
    assert gate(shots=1, seeds=1).rendered == 1


# What is refused before anything is rendered.


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"profile": "toy"}, "toy does not say which profile it stands for: set `stands_for`"),
        ({"against": "toy-fast"}, "toy-fast cannot be held against itself"),
        ({"profile": "big"}, r"\[frame\] area is 128p and 64p"),
        ({"profile": "chained"}, "toy-fast is not exact, it stands for toy"),
        ({"shotlist": "bad.csv"}, r"bad.csv has no shot that can be rendered\nbad.csv row 2"),
        (
            {"profile": "hub", "against": "hub-exact", "shotlist": None},
            "name a shot list to compare",
        ),
    ],
)
def test_what_makes_no_pairs_is_refused_at_once(
    gate: Gate, studio: Studio, more: dict[str, Any], told: str
) -> None:
    write("big", TOY.replace('area = "64p"', 'area = "128p"'))
    write("chained", TOY.replace("steps = 8", "steps = 4"), stands_for="toy-fast")
    elsewhere = TOY.replace('weights = "builtin:toy-i2v"', 'weights = "studio/model"')
    write("hub", elsewhere + SPEED, stands_for="")
    write("hub-exact", elsewhere, stands_for="")
    Path("bad.csv").write_text("shot,image,prompt\nsh010,stills/nothing.png,It moves.\n")

    with pytest.raises(Refused, match=told):
        gate(**more)

    assert studio.orders == []


def test_an_exact_profile_that_is_not_there_is_named(gate: Gate, studio: Studio) -> None:
    with pytest.raises(SettingsError, match="there is no profile 'nothing'"):
        gate(against="nothing")
    assert studio.orders == []


# The record.


def test_a_profile_is_not_gated_until_it_is_and_a_changed_one_is_not_again(
    gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm.operations.gated.scorer_of", lambda *_: SCORER)
    assert gated(settings, "toy") is None
    before = gated(settings, "toy-fast")
    assert before is not None
    assert in_words(before) == (
        "toy-fast: not gated; `farm gate toy-fast` says whether it may stand for toy"
    )

    made = gate(shots=2, seeds=2)

    found = gated(settings, "toy-fast")
    assert found is not None
    assert (found.exact, found.pairs, found.conclusion) == ("toy", 4, Conclusion.UNDECIDED)
    assert found.at == made.comparison.at
    assert "toy-fast: gated on 20" in in_words(found)
    assert "4 pairs, accepted +0.0 points (-65.8 … +65.8): too few to say" in in_words(found)

    old = profile_of(settings, "toy-fast").revision
    changed = with_changed(
        settings, TOY + SPEED.replace("guidance", 'decode = "bfloat16"\nguidance')
    )
    after, of_before = gated(changed, "toy-fast"), gated(changed, "toy-fast", old)
    assert after is not None
    assert after.at is None
    assert of_before is not None
    assert of_before.at == made.comparison.at


def test_a_changed_exact_profile_leaves_what_stood_for_it_without_a_record(
    gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm.operations.gated.scorer_of", lambda *_: SCORER)
    gate(shots=1, seeds=1)
    same = gated(with_changed(settings), "toy-fast")
    assert same is not None
    assert same.at is not None
    other = gated(with_changed(settings, toy=TOY.replace("steps = 8", "steps = 12")), "toy-fast")
    assert other is not None
    assert other.at is None


def test_another_scorer_or_other_rules_need_another_record(
    gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate(shots=1, seeds=1)
    found: list[str | None] = []
    for scorer in (SCORER, None, "another"):
        monkeypatch.setattr("farm.operations.gated.scorer_of", lambda *_, name=scorer: name)
        each = gated(settings, "toy-fast")
        assert each is not None
        found.append(each.at and each.exact)
    assert found == ["toy", "toy", None]

    monkeypatch.setattr("farm.operations.gated.scorer_of", lambda *_: SCORER)
    changed = with_changed(settings, (TOY + SPEED).replace("threshold = 0.5", "threshold = 0.4"))
    other = gated(changed, "toy-fast")
    assert other is not None
    assert other.at is None


def test_without_a_claim_any_exact_profile_will_do(
    gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farm.operations.gated.scorer_of", lambda *_: SCORER)
    write("toy-free", stands_for="")
    before = gated(settings, "toy-free")
    assert before is not None
    assert in_words(before).endswith(
        "`farm gate toy-free --against EXACT` says whether it may stand for an exact profile"
    )

    gate("toy-free", shots=1, seeds=1, against="toy")

    found = gated(settings, "toy-free")
    assert found is not None
    assert found.exact == "toy"


def test_a_record_that_cannot_be_read_counts_as_none_and_is_told(
    gate: Gate, settings: Settings
) -> None:
    Path(gate(shots=1, seeds=1).file).write_text("{}")
    found = gated(settings, "toy-fast")
    assert found is not None
    assert found.at is None
    assert "is no record of `farm gate`" in in_words(found)
