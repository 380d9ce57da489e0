"""Takes are looked at in shadow, a line is found for them, and takes that will miss are ended by it."""

from pathlib import Path

import pytest
from PIL import Image

from farm import config
from farm.domain.decision import Decision, History
from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queue import settle
from pipeline.early_look import EarlyLook
from pipeline.models import builtin, tiny_decoder, weights
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.result import Verdict
from pipeline.scoring import early_record
from pipeline.scoring.early_record import Kind
from pipeline.scoring.protocol import scorer_name
from pipeline.storage.folder import MediaFolder
from pipeline.toy import drawing
from pipeline.toy.world import Scene
from tests.conftest import a_new_shot, a_recipe, a_result
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim

TOY = (Path(config.__file__).parents[1] / "pipeline/profiles/toy.toml").read_text()
BALL = Scene("red", "circle", "mist", "plain", (26.0, 32.0), 10.0, ("right",))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_PROFILES", str(tmp_path / "profiles"))
    monkeypatch.setenv("FARM_PROFILE", "early")
    monkeypatch.setenv("FARM_MEDIA", str(tmp_path / "media"))
    monkeypatch.setenv("FARM_CLUSTER", "inline")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "profiles").mkdir()
    return tmp_path


def written(folder: Path, mode: str) -> Profile:
    """The profile `early`: the toy that looks."""
    text = TOY.replace('name = "toy"', 'name = "early"').replace(
        "[early]\n", f'[early]\nmode = "{mode}"\naudit = 1e-9\n'
    )
    (folder / "profiles" / "early.toml").write_text(text)
    profile._read.cache_clear()
    return profile.load("early", folder / "profiles")


def kind_of(early: Profile) -> Kind:
    scorer = scorer_name(early.match, weights.folder(early.match.weights, None))
    decoder = builtin.folder("builtin:toy-preview") / "model.safetensors"
    return Kind(
        profile="early", revision=early.revision, scorer=scorer, step=early.early.step,
        decoder=tiny_decoder.fingerprint(decoder),
    )  # fmt: skip


def to_a_person(history: History) -> Decision:
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="as it is", selected=1)


def looked_at(store: Store, early: Profile, scores: dict[str, tuple[float, Verdict]]) -> None:
    """Finished takes of the production `ads`, each with what was seen of it."""
    from farm.store.shots import intake

    kind = kind_of(early)
    recipe = a_recipe(profile="early", revision=early.revision)
    shots = [a_new_shot(code, recipe=recipe) for code in scores]
    intake.submit(store, "ads", shots, who="anna")
    for _ in scores:
        lease = claim(store, profile="early")
        score, verdict = scores[lease.shot.code]
        look = EarlyLook(
            step=5, steps=8, below=2, score=score, scorer=kind.scorer, decoder=kind.decoder
        )
        settle.made(store, lease, a_result(lease.clip, verdict, early=look), to_a_person)


def some(good: int, bad: int) -> dict[str, tuple[float, Verdict]]:
    fine = {f"g{n:03d}": (0.5 + n / 1000, Verdict.ACCEPTED) for n in range(good)}
    return fine | {f"b{n:03d}": (0.1 + n / 1000, Verdict.LOW_MATCH) for n in range(bad)}


def test_with_too_few_good_takes_nothing_is_found_and_it_says_how_many(
    store: Store, farm: Farm, folder: Path
) -> None:
    early = written(folder, "shadow")
    refused = farm("calibrate", "--early")
    assert refused.status == 1
    assert refused.err == "farm: no take of early was looked at before it was done: `farm run`\n"
    off = farm("calibrate", "--early", "--profile", "toy")
    assert 'done: set early.mode of the profile to "shadow", then `farm run`' in off.err
    looked_at(store, early, some(3, 2))
    answer = farm("calibrate", "--early", "ads")
    assert answer.status == 1
    assert "there are 3 good takes among 5 that were looked at; it takes at least 59" in answer.err
    assert not (folder / "media" / "calibration").exists()


def test_a_line_is_found_and_a_persons_word_goes_before_the_gates(
    store: Store, farm: Farm, folder: Path
) -> None:
    early = written(folder, "shadow")
    takes = some(60, 10) | {"odd": (0.2, Verdict.ACCEPTED), "sad": (0.9, Verdict.UNSCORED)}
    looked_at(store, early, takes)
    found = farm("calibrate", "--early", "--dry-run", "--json").json["early"]
    assert (found["record"]["threshold"], found["file"]) == (0.2, None)
    assert (found["looked"], found["others"]) == (71, 1)

    assert farm("reject", "ads", "odd", "--why", "it stands").status == 0
    answer = farm("calibrate", "--early", "ads")
    assert answer.status == 0, answer.err
    assert "ended early   below 0.500, 2 steps below the boundary" in answer.out
    assert "0 of 60 lie below: at most 4.9% of all" in answer.out
    assert "33 of 568 steps (6%)" in answer.out
    record = early_record.read(MediaFolder(folder / "media"), kind_of(early))
    assert record is not None
    assert (record.threshold, record.ended) == (0.5, 11)


def test_takes_of_another_step_or_revision_say_nothing(
    store: Store, farm: Farm, folder: Path
) -> None:
    looked_at(store, written(folder, "shadow"), some(60, 10))
    text = (folder / "profiles" / "early.toml").read_text()
    (folder / "profiles" / "early.toml").write_text(
        text.replace("[early]\n", "[early]\nstep = 1\n")
    )
    profile._read.cache_clear()
    answer = farm("calibrate", "--early")
    assert answer.status == 1
    assert "there are 0 good takes among 0" in answer.err
    assert "70 more say nothing of this" in answer.err


@pytest.mark.parametrize("option", [["--from-swapped"], ["--limit", "0.2"]])
def test_other_sorts_of_labels_are_refused_beside_it(
    farm: Farm, folder: Path, option: list[str]
) -> None:
    assert farm("calibrate", "--early", *option).status == 2
    assert farm("calibrate", "ads").status == 2


def test_on_the_toy_a_take_that_will_miss_is_ended_and_the_next_one_made(
    store: Store, farm: Farm, folder: Path
) -> None:
    early = written(folder, "live")
    Image.fromarray(drawing.frames(BALL, [0])[0]).save(folder / "ball.png")
    (folder / "shots.csv").write_text(
        'shot,image,prompt\nsh010,ball.png,"Full of timeless charm and pure energy, a masterpiece of '
        'elegant cinematic beauty, breathtaking and sublime. The red circle moves right."\n'
    )
    assert farm("submit", "shots.csv", "-p", "ads").status == 0
    refused = farm("run", "--until-idle")
    assert refused.status == 1
    assert "no record says below which match" in refused.err + refused.out

    found = early_record.find(
        kind_of(early),
        [early_record.Seen(score=0.45, good=True, step=5, steps=8)] * 59
        + [early_record.Seen(score=0.1, good=False, step=5, steps=8)],
    )
    early_record.keep(MediaFolder(folder / "media"), found)
    answer = farm("run", "--until-idle")
    assert answer.status == 0, answer.err

    first, *others = farm("show", "ads", "sh010", "--json").json["takes"]
    assert (first["status"], first["failure_class"], first["clip"]) == ("failed", "content", None)
    assert (first["early"]["step"], first["early"]["ended"]) == (5, True)
    assert first["early"]["score"] < 0.45
    assert [take["status"] for take in others] == ["succeeded"] * len(others)
    assert others[-1]["early"]["ended"] is False
    page = farm("show", "ads", "sh010").out
    assert "below 0.45: ended" in page
    assert "1 ended early: 3 steps spared" in farm("report", "ads").out
    assert farm("approve", "ads", "sh010", "--take", "1").status == 1
