"""From labels to curve and zones: what is fitted, what is promised, and when nothing is changed."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binomtest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from pipeline.errors import Cause, RenderFault
from pipeline.result import Zones
from pipeline.scoring import calibration, calibration_file
from pipeline.scoring.calibration import Isotonic, Label, NotEnough, Platt
from tests.memory_media import MemoryMedia

PLACES = np.linspace(0, 1, 101)


def drawn(count: int, seed: int = 1, slope: float = 12.0, middle: float = 0.5) -> list[Label]:
    """Labels whose chance of being good is a logistic curve of the score."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0, 1, count)
    good = rng.uniform(0, 1, count) < expit(slope * (scores - middle))
    return [Label(float(scores[n]), bool(good[n]), f"sh{n}") for n in range(count)]


def labels(*groups: tuple[int, float, bool]) -> list[Label]:
    """So many labels of this score and word, a shot each."""
    found = [(score, good) for count, score, good in groups for _ in range(count)]
    return [Label(score, good, f"sh{number}") for number, (score, good) in enumerate(found)]


# the curve


@pytest.mark.parametrize("count", [499, 3000])
def test_a_fit_finds_the_curve_that_the_labels_were_drawn_from(count: int) -> None:
    curve = calibration.fit(drawn(count))

    off = np.abs(curve.chances(PLACES) - expit(12 * (PLACES - 0.5)))

    assert off.mean() < 0.04


def test_few_labels_get_platts_curve_and_many_an_isotonic_one() -> None:
    assert isinstance(calibration.fit(drawn(499)), Platt)
    assert isinstance(calibration.fit(drawn(500)), Isotonic)


def test_platts_curve_is_the_logistic_regression_of_his_targets() -> None:
    sample = drawn(80)
    scores = np.asarray([label.score for label in sample])
    good = np.asarray([label.good for label in sample])
    targets = np.where(good, (good.sum() + 1) / (good.sum() + 2), 1 / ((~good).sum() + 2))
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(
        np.tile(scores, 2)[:, None],
        np.repeat([1, 0], 80),
        sample_weight=np.concatenate([targets, 1 - targets]),
    )

    curve = calibration.fit(sample)

    assert isinstance(curve, Platt)
    assert curve.slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert curve.intercept == pytest.approx(model.intercept_[0], rel=1e-3)


def test_the_isotonic_curve_is_that_of_scikit_learn_also_with_ties() -> None:
    sample = [Label(round(each.score, 2), each.good, each.shot) for each in drawn(800)]
    model = IsotonicRegression(out_of_bounds="clip").fit(
        [label.score for label in sample], [label.good for label in sample]
    )

    curve = calibration.fit(sample)

    assert curve.chances(PLACES) == pytest.approx(model.predict(PLACES))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.booleans())
def test_no_curve_ever_falls_or_leaves_0_to_1(rows: list[tuple[float, bool]], many: bool) -> None:
    sample = [
        Label(score, good, str(n)) for n, (score, good) in enumerate(rows * (9 if many else 1))
    ]

    chances = calibration.fit(sample).chances(PLACES)

    assert (np.diff(chances) >= -1e-12).all()
    assert ((chances >= 0) & (chances <= 1)).all()


def test_a_score_that_puts_good_below_bad_gets_a_level_curve_and_not_a_falling_one() -> None:
    curve = calibration.fit(labels((30, 0.2, True), (30, 0.8, False)))

    assert isinstance(curve, Platt)
    assert curve.slope == 0
    assert curve.chances(np.asarray([0.5]))[0] == pytest.approx(0.5)


def test_a_fit_of_one_kind_of_label_is_short_of_certain() -> None:
    for good, chance in ((True, 41 / 42), (False, 1 / 42)):
        curve = calibration.fit(labels((40, 0.7, good)))
        assert curve.chances(np.asarray([0.7]))[0] == pytest.approx(chance, abs=1e-4)


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1, float("inf")])
def test_a_score_that_is_none_is_refused_by_name(score: float) -> None:
    with pytest.raises(ValueError, match="of nike/sh010 is not within 0 … 1"):
        calibration.fit([Label(0.5, True, "nike/sh020"), Label(score, True, "nike/sh010")])


# the zones


def test_the_upper_bound_is_that_of_clopper_and_pearson() -> None:
    for bad, of in ((0, 29), (2, 50), (7, 80), (4, 5)):
        exact = binomtest(bad, of, alternative="less").proportion_ci(0.95, "exact").high
        assert calibration.upper_bound(bad, of) == pytest.approx(exact)
    assert calibration.upper_bound(3, 3) == calibration.upper_bound(0, 0) == 1


@pytest.mark.parametrize("limit", [0.02, 0.05, 0.1, 0.3])
def test_no_fewer_approvals_than_asked_for_could_show_the_limit(limit: float) -> None:
    needed = calibration.approvals_needed(limit)

    assert calibration.upper_bound(0, needed) <= limit < calibration.upper_bound(0, needed - 1)


def test_the_accepted_begin_at_the_lowest_score_that_keeps_the_limit() -> None:
    sample = labels((60, 0.9, True), (1, 0.8, False), (20, 0.7, True), (30, 0.4, False))

    made = calibration.calibrate("toy", "clip#1", sample, 0.1)

    # 1 of 81 may be 6 %; with the score of 0.4 it would be 31 of 111.
    assert made.zones.accept == 0.7
    assert (made.good, made.bad, made.limit, made.source) == (80, 31, 0.1, "labels")
    assert calibration.calibrate("toy", "clip#1", sample, 0.05).zones.accept == 0.9


def test_labels_of_one_score_are_accepted_all_or_none() -> None:
    sample = labels((40, 0.9, True), (40, 0.6, True), (30, 0.6, False))

    assert calibration.calibrate("toy", "clip#1", sample, 0.1).zones.accept == 0.9


def test_a_take_is_made_again_where_bad_is_likelier_than_good() -> None:
    made = calibration.calibrate("toy", "clip#1", drawn(400), 0.1)

    assert made.curve is not None
    assert made.zones.retake == pytest.approx(0.5, abs=0.05)
    below, at = made.curve.chances(np.asarray([made.zones.retake - 0.001, made.zones.retake]))
    assert below < 0.5 <= at
    assert made.zones.retake < made.zones.accept


def test_the_lines_never_cross() -> None:
    sample = labels((200, 0.5, True), (12, 0.3, False))

    made = calibration.calibrate("toy", "clip#1", sample, 0.3)

    assert made.zones.retake <= made.zones.accept


def test_what_is_accepted_breaks_the_limit_about_as_seldom_as_the_bound_says() -> None:
    broken = 0
    for seed in range(100):
        made = calibration.zones(drawn(400, seed), Platt(slope=1, intercept=0), 0.1)
        places = np.linspace(made.accept, 1, 400)
        broken += float(np.mean(1 - expit(12 * (places - 0.5)))) > 0.1

    assert broken <= 10


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ([], "there are 0 approvals and 0 rejections; it takes at least 29 approvals"),
        (labels((1, 0.5, True)), "there are 1 approvals and 0 rejections"),
        (labels((400, 0.8, True)), "and 10 rejections"),
        (labels((400, 0.2, False)), "there are 0 approvals and 400 rejections"),
        (labels((28, 0.8, True), (10, 0.2, False)), "there are 28 approvals"),
    ],
)
def test_too_few_labels_are_answered_with_the_number_it_takes(
    sample: list[Label], said: str
) -> None:
    with pytest.raises(NotEnough) as refusal:
        calibration.calibrate("toy", "clip#1", sample, 0.1)

    assert said in str(refusal.value)


def test_a_score_that_says_nothing_moves_no_line() -> None:
    with pytest.raises(NotEnough, match=r"at best 40 of 80 are bad, which may mean 59.7%"):
        calibration.calibrate("toy", "c", labels((40, 0.5, True), (40, 0.5, False)), 0.1)


# the figures


def test_the_figures_of_a_calibration_are_of_chances_that_each_shot_had_no_part_in() -> None:
    rng = np.random.default_rng(5)
    blind = [Label(float(rng.uniform()), bool(rng.uniform() < 0.5), f"sh{n}") for n in range(600)]

    told = calibration.figures(blind)

    assert told is not None
    assert told.auroc.low < 0.5 < told.auroc.high
    # An isotonic curve held against its own labels would seem to know something: below 0.25.
    assert told.brier.value > 0.25
    own = calibration.fit(blind).chances(np.asarray([label.score for label in blind]))
    assert np.mean((own - [label.good for label in blind]) ** 2) < 0.25


def test_labels_of_one_shot_have_no_figures() -> None:
    assert calibration.figures([Label(0.2, False, "a"), Label(0.9, True, "a")]) is None


# swapped prompts


def test_before_there_are_labels_swapped_prompts_draw_the_lines() -> None:
    own = labels((20, 0.9, True))
    swapped = [Label(n / 100, False, f"sh{n % 20}") for n in range(100)]

    made = calibration.from_swapped("toy", "clip#1", own + swapped, 0.1, threshold=0.2)

    assert made.zones == Zones(retake=0.491, accept=0.891)
    assert (made.good, made.bad, made.source, made.curve) == (20, 100, "swapped prompts", None)


@pytest.mark.parametrize(
    ("threshold", "zones"),
    [(0.6, Zones(retake=0.6, accept=0.891)), (0.95, Zones(retake=0.95, accept=0.95))],
)
def test_swapped_prompts_never_lower_the_lines_below_the_profiles_threshold(
    threshold: float, zones: Zones
) -> None:
    swapped = [Label(n / 100, False, f"sh{n % 20}") for n in range(100)]

    assert calibration.from_swapped("toy", "c", swapped, 0.1, threshold).zones == zones


def test_a_scorer_that_gives_swapped_prompts_full_marks_draws_no_line() -> None:
    takes = labels((20, 1.0, True), (20, 1.0, False))

    with pytest.raises(NotEnough, match="100% of the clips match another shot's prompt in full"):
        calibration.from_swapped("toy", "clip#1", takes, 0.1, threshold=0.2)


def test_swapping_needs_enough_shots() -> None:
    takes = labels((4, 0.9, True), (5, 0.1, False))

    with pytest.raises(NotEnough, match=r"clips of 9 shots .* at least 10"):
        calibration.from_swapped("toy", "clip#1", takes, 0.1, threshold=0.2)


# the file


@pytest.mark.parametrize("count", [300, 600])
def test_a_calibration_is_read_as_it_was_kept(count: int) -> None:
    made = calibration.calibrate("toy", "openai/clip-l#0a1b", drawn(count), 0.1)

    media = MemoryMedia()
    file = calibration_file.keep(media, made)

    assert file == media.where("calibration/toy-openai_clip-l_0a1b.json")
    assert calibration_file.read(media, "toy", "openai/clip-l#0a1b") == made
    assert calibration_file.read(media, "toy", "openai/clip-l#ffff") is None
    assert calibration_file.read(media, "wan", "openai/clip-l#0a1b") is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"accept":', '"accepted":', r"is no calibration \(zones.accept: Field required\)"),
        ('"retake": 0.', '"retake": 7.', "is no calibration"),
        ("{", "[", r"is no calibration \(as a whole: Invalid JSON"),
        ('"profile": "toy"', '"profile": "wan"', "is of wan and clip#1"),
    ],
)
def test_a_file_that_is_no_calibration_stops_the_worker_with_a_sentence(
    before: str, after: str, said: str
) -> None:
    media = MemoryMedia()
    calibration_file.keep(media, calibration.calibrate("toy", "clip#1", drawn(300), 0.1))
    [name] = media.files
    text = media.files[name].decode()
    assert before in text
    media.put(name, text.replace(before, after).encode())

    with pytest.raises(RenderFault, match=said) as refusal:
        calibration_file.read(media, "toy", "clip#1")

    assert refusal.value.cause is Cause.FATAL
    assert "make it anew with `farm calibrate`, or delete it" in str(refusal.value)


def test_zones_out_of_order_are_refused() -> None:
    for accept, retake in ((0.4, 0.5), (1.2, 0.5), (0.5, -0.1), (float("nan"), 0.1)):
        with pytest.raises(ValueError, match="zones must lie in order"):
            Zones(accept=accept, retake=retake)
    assert asdict(Zones.at(0.5)) == {"accept": 0.5, "retake": 0.5}
