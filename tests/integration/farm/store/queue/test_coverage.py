"""What a take shows of its shot's own prompt: asked at the claim, kept, and told by every view."""

from farm.domain import gate
from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.store import Store
from farm.store.queries import events, labels, overview, production_report, selection, shot_story
from farm.store.queue.judged_takes import history
from farm.store.shots import review
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.result import Verdict
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import claim, make, submit

PART = Coverage(
    stages=(
        Stage(text="The circle moves left", shown=Shown.SHOWN, value=0.8),
        Stage(text="then it grows", shown=Shown.CUT),
    )
)
TOY = profile.load("toy")


def by_the_gate(so_far: History) -> Decision:
    return gate.decide(so_far, TOY)


def partly(store: Store) -> Lease:
    lease = claim(store)
    assert make(store, lease, by_the_gate, verdict=Verdict.PARTLY, coverage=PART)
    return lease


def test_a_worker_is_told_the_prompt_of_the_shot_however_simple_its_own_is(store: Store) -> None:
    wish = "A breathtaking masterpiece. The red circle moves left."
    submit(store, "sh010", recipe=a_recipe(prompt=wish))
    first = claim(store)
    assert (first.order().wish, first.recipe.prompt) == (wish, wish)
    missed = Miss(kind=MissKind.ACTION_ABSENT, value=0.2, threshold=0.5, message="it does not")
    make(store, first, by_the_gate, verdict=Verdict.LOW_MATCH, score=0.2, misses=(missed,))
    second = claim(store).order()
    assert (second.wish, second.recipe.prompt) == (wish, "The red circle moves left.")


def test_a_part_goes_to_a_person_and_every_view_says_so(store: Store) -> None:
    submit(store, "sh010", "sh020")
    lease = partly(store)
    make(store, claim(store))

    assert history(store, lease.shot).takes[0].coverage == PART
    (first, second) = overview.shots(store, "demo")
    assert (first.state, first.verdict, first.coverage) == (
        ShotState.NEEDS_REVIEW, Verdict.PARTLY, PART,
    )  # fmt: skip
    assert (second.verdict, second.coverage) == (Verdict.ACCEPTED, None)
    (standing,) = overview.productions(store, "demo")
    assert standing.partly == 1
    (taken,) = [each for each in selection.selected_takes(store, "demo") if each.shot == "sh010"]
    assert taken.coverage == PART
    (take,) = shot_story.tell(store, "demo", "sh010").takes
    assert take.coverage == PART
    tally = production_report.tally(store, "demo")
    assert (tally.partly, tally.verdicts[Verdict.PARTLY], tally.rungs[0].partly) == (1, 1, 1)
    told = [each for _, each in events.events(store) if each.shot == "sh010"]
    (made,) = [each for each in told if each.kind is EventKind.TAKE_SUCCEEDED]
    assert made.data["coverage"] == PART.as_dict()
    (moved,) = [each for each in told if each.kind is EventKind.REVIEW_MOVED]
    assert moved.data["why"] == "take 1 shows 1 of 2: “then it grows” was cut"


def test_a_person_who_approves_a_part_says_nothing_of_the_match(store: Store) -> None:
    submit(store, "sh010")
    partly(store)
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna")

    assert labels.judged(store) == []
    assert overview.productions(store, "demo")[0].partly == 0
