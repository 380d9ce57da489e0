"""Which words of people become labels, and which takes prompts are swapped on."""

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queries import labels
from farm.store.queries.labels import FilmedTake, JudgedTake
from farm.store.shots import review
from pipeline.result import Match, Verdict
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import a_step, claim, fail, make, miss, say, submit

APPROVED, REJECTED = ReviewStatus.APPROVED, ReviewStatus.REJECTED


def speak(store: Store, code: str, then: ReviewStatus, take: int | None = None) -> None:
    review.review(store, "demo", code, then, "anna", take)


def words(store: Store, profile: str | None = None) -> list[tuple[str, int, bool]]:
    return [(each.shot, each.take, each.approved) for each in labels.judged(store, profile)]


def test_an_approval_and_a_rejection_are_labels_and_the_gates_word_is_none(store: Store) -> None:
    submit(store, "good", "bad", "unseen")
    for score in (0.75, 0.25, 0.9):
        make(store, claim(store), score=score)
    speak(store, "good", APPROVED)
    speak(store, "bad", REJECTED)

    assert labels.judged(store) == [
        JudgedTake(
            production="demo", shot=shot, take=1, profile="toy", scorer="toy-clip",
            score=score, approved=approved,
        )
        for shot, score, approved in (("good", 0.75, True), ("bad", 0.25, False))
    ]  # fmt: skip


def test_a_label_belongs_to_the_take_that_was_looked_at(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    speak(store, "sh010", REJECTED)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    make(store, claim(store))
    speak(store, "sh010", APPROVED)

    assert words(store) == [("sh010", 1, False), ("sh010", 2, True)]


def test_the_take_that_a_person_chose_is_the_one_that_is_approved(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store))
    make(store, claim(store))
    speak(store, "sh010", APPROVED, take=1)

    assert words(store) == [("sh010", 1, True)]


def test_the_last_word_on_a_take_counts(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    speak(store, "sh010", APPROVED)
    speak(store, "sh010", REJECTED)

    assert words(store) == [("sh010", 1, False)]


def test_broken_and_unscored_clips_and_shots_without_a_clip_are_no_labels(store: Store) -> None:
    submit(store, "broken", "unscored", "failed")
    make(store, claim(store), verdict=Verdict.BAD_CLIP, score=0.6)
    make(store, claim(store), verdict=Verdict.UNSCORED, score=None)
    fail(store)
    for code in ("broken", "unscored", "failed"):
        speak(store, code, REJECTED)

    assert words(store) == []


def test_labels_are_told_apart_by_profile_and_by_scorer(store: Store) -> None:
    submit(store, "sh010", "sh020")
    submit(store, "wan1", recipe=a_recipe(profile="wan"))
    make(store, claim(store))
    newer = Match(scorer="toy-clip#2", clip_prompt=0.5, clip_still=0.4)
    make(store, claim(store), match=newer)
    make(store, claim(store, profile="wan"))
    for code in ("sh010", "sh020", "wan1"):
        speak(store, code, APPROVED)

    found = [(each.profile, each.scorer, each.score) for each in labels.judged(store)]
    assert found == [("toy", "toy-clip", 0.8), ("toy", "toy-clip#2", 0.4), ("wan", "toy-clip", 0.8)]
    assert words(store, "wan") == [("wan1", 1, True)]


@pytest.mark.parametrize("cover", ["omitted", "on_hold"])
def test_a_release_says_nothing_of_the_take_that_it_uncovers(store: Store, cover: str) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    speak(store, "sh010", REJECTED)
    say(
        store,
        "INSERT INTO events (kind, shot_id, who, data) SELECT 'review_moved', id, 'anna', "
        f"""'{{"before": "{cover}", "after": "approved", "selected_take": 1}}' FROM shots""",
    )

    assert words(store) == [("sh010", 1, False)]


def test_the_take_that_stands_for_a_shot_is_the_one_to_swap_prompts_on(store: Store) -> None:
    submit(store, "missed", "waiting", "broken")
    submit(store, "wan1", recipe=a_recipe(profile="wan"))
    miss(store, claim(store), prompt="a goose lands")
    waiting = claim(store)
    assert waiting.shot.code == "waiting"
    make(store, claim(store), verdict=Verdict.BAD_CLIP)
    make(store, claim(store))

    asked = {"production": "demo", "still": a_recipe().still}
    plain = a_recipe().prompt
    assert labels.filmed(store, "toy", most=9) == [
        FilmedTake(shot="broken", prompt=plain, clip=None, **asked),
        FilmedTake(shot="waiting", prompt=plain, clip=None, **asked),
        FilmedTake(
            shot="missed",
            prompt="a goose lands",
            clip="clips/demo/missed/missed_t02_a5.1_farm-a.mp4",
            **asked,
        ),
    ]
    assert [take.shot for take in labels.filmed(store, "toy", most=1)] == ["broken"]
