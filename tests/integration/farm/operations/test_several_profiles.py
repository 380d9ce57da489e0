"""One run makes drafts and finals with the toy itself: its workers change models, here and on Ray."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from farm import demo
from farm.config import Settings
from farm.domain.drafts import draft_name
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import ShotState
from farm.errors import SettingsError
from farm.operations import run, serving
from farm.operations.check import checks
from farm.operations.submit import as_drafts, prepared, taken_in
from farm.operations.workspace import media_of, source_of
from farm.scheduler.run import Listeners
from farm.store import Store
from farm.store.queries import overview, shot_story
from pipeline.profiles import profile
from tests.audit import Auditor

LIST = "shot,image,prompt\n" + "".join(
    f"{code},{still},{prompt}\n"
    for code, still, prompt in (
        ("sh010", "red_circle.png", "The red circle moves left."),
        ("sh020", "green_triangle.png", "The green triangle rises."),
        ("sh030", "red_circle.png", "The red circle rises."),
        ("sh040", "green_triangle.png", "The green triangle moves left."),
    )
)
DRAFTED = ("sh030", "sh040")


def hand_in(settings: Settings, store: Store) -> None:
    """Two shots as they are, two as drafts."""
    for still in ("red_circle.png", "green_triangle.png"):
        Path(still).write_bytes((demo.folder() / "stills" / still).read_bytes())
    shotlist = Path("shots.csv")
    shotlist.write_text(LIST)
    source = source_of(settings, None, None, media_of(settings))
    shots, _ = prepared(settings, shotlist, "ads", source)
    as_draft = as_drafts(settings)
    wanted = [as_draft(shot) if shot.code in DRAFTED else shot for shot in shots]
    taken_in(store, "ads", wanted, settings.user)


@pytest.mark.filterwarnings("default")  # Ray's own code warns
@pytest.mark.parametrize("cluster", ["inline", "ray"])
def test_a_run_makes_drafts_and_finals_and_counts_its_changes(
    settings: Settings, farm: Store, cluster: str
) -> None:
    hand_in(settings, farm)
    heard: list[Event] = []
    mine = settings.model_copy(update={"cluster": cluster, "workers": 1, "beat_seconds": 1.0})
    summary = run.render(
        mine,
        farm,
        until_idle=True,
        watching=lambda _: nullcontext(Listeners(events=[heard.append])),
    )

    states = {shot.code: shot.state for shot in overview.shots(farm, "ads")}
    assert ShotState.FAILED not in states.values()
    assert ShotState.WAITING not in states.values()
    assert (summary.failed, summary.profiles) == ([], ["toy", "toy-draft"])
    takes = 0
    for code in states:
        told = shot_story.tell(farm, "ads", code).takes
        takes += len(told)
        made = {each.recipe["profile"] for each in told}
        assert made == {draft_name("toy") if code in DRAFTED else "toy"}
    changed = [event for event in heard if event.kind is EventKind.WORKER_CHANGED]
    # The toy's models load in a blink, so that a change may pay for each take; how dear loads hold workers
    # back is played in `tests/unit/farm/domain/test_model_changes.py`.
    assert 1 <= len(changed) <= takes + 1
    assert changed[0].data["before"] != changed[0].data["after"]
    assert Auditor(farm.engine).audit() == []


def test_a_run_serves_its_profile_and_its_drafts_and_what_a_named_production_waits_for(
    settings: Settings, farm: Store
) -> None:
    hand_in(settings, farm)

    def served(*named: str, among: list[int] | None = None, **changes: object) -> list[str]:
        mine = settings.model_copy(update=changes)
        return [each.name for each in serving.served_profiles(mine, farm, named, among)]

    assert served() == ["toy", "toy-draft"]
    assert served("toy") == ["toy"]
    assert served("toy-draft", "toy", "toy-draft") == ["toy-draft", "toy"]
    assert served(profile="toy-draft") == ["toy-draft"]
    among = run.keys_of(farm, ["ads"])
    assert served(profile="toy-draft", among=among) == ["toy-draft", "toy"]
    with pytest.raises(SettingsError, match="cannot be served by one run: a worker of the one"):
        served("toy", "wan2.2-i2v-a14b")
    with pytest.raises(SettingsError, match="there is no profile"):
        served("toy", "nothing")


def test_the_check_looks_at_each_profile_of_a_run(settings: Settings, farm: Store) -> None:
    found = {each.name: each for each in checks(settings, ["toy", "toy-draft"])}
    assert found["profile toy-draft"].message.startswith("toy-draft: ")
    assert found["weights toy-draft"].ok
    assert found["together"].ok
    assert {each.profile for each in found.values()} == {"", "toy", "toy-draft"}
    apart = {each.name: each for each in checks(settings, ["toy", "wan2.2-i2v-a14b"])}
    assert not apart["together"].ok
    assert "cannot be served by one run" in apart["together"].message


@pytest.mark.parametrize(
    ("cluster", "changes", "sentence"),
    [
        ("inline", "ranks = 2", "an inline run starts no ranks: use --cluster ray, or set it to 1"),
        ("ray", "ranks = 3", "take 2, 4 or 8"),
        ("ray", 'ranks = 2\nexperts = "exchanged"', "which ranks cannot do together"),
        ("ray", "ranks = 2\n[speed]\ncompile = true", "sets speed.compile"),
    ],
)
def test_ranks_that_cannot_be_had_are_refused_before_anything_is_loaded(
    settings: Settings, farm: Store, cluster: str, changes: str, sentence: str
) -> None:
    packaged = (Path(profile.__file__).parent / "toy.toml").read_text()
    own = packaged.replace('name = "toy"', 'name = "urgent"')
    Path("urgent.toml").write_text(own.replace("gpus = 0\n", f"gpus = 0\n{changes}\n"))
    mine = settings.model_copy(
        update={"profile": "urgent", "profiles": Path.cwd(), "cluster": cluster}
    )
    with pytest.raises(SettingsError, match=sentence):
        run.render(mine, farm, until_idle=True)
    found = {each.name: each for each in checks(mine)}
    assert not found["device"].ok
    assert sentence in found["device"].message
