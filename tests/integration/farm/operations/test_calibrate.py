"""Lines are fitted to what people said, kept where the gate reads them, and left where nothing can be."""

import pytest

from farm.config import Settings
from farm.errors import Refused
from farm.operations import calibrate
from farm.operations.workspace import media_at_hand
from farm.store import Store
from pipeline.scoring import calibration_file
from tests.integration.farm.operations.conftest import judged

SCORER = "toy-clip"
"""The scorer of `a_result`."""


def accepted_from(settings: Settings, store: Store) -> float:
    [told] = calibrate.from_labels(settings, store, media_at_hand(settings), dry_run=True)
    assert told.calibration is not None
    return told.calibration.zones.accept


def test_the_lines_are_kept_where_the_gate_reads_them(settings: Settings, farm: Store) -> None:
    judged(farm, good=40, bad=15)

    [told] = calibrate.from_labels(settings, farm, media_at_hand(settings))

    kept = calibration_file.read(media_at_hand(settings), "toy", SCORER)
    assert (told.profile, told.scorer, told.calibration) == ("toy", SCORER, kept)
    assert kept is not None
    assert kept.zones.accept == 0.6  # with the one of 0.5 below it 1 of 41 is bad: up to 11 %
    assert 0.4 < kept.zones.retake < 0.6
    assert (kept.good, kept.bad, kept.limit) == (40, 15, 0.1)


def test_a_dry_run_writes_nothing(settings: Settings, farm: Store) -> None:
    judged(farm, good=40, bad=15)

    [told] = calibrate.from_labels(settings, farm, media_at_hand(settings), dry_run=True)

    assert (told.calibration is not None, told.file) == (True, None)
    assert not (settings.media / "calibration").exists()


def test_a_limit_of_ones_own_moves_the_line(settings: Settings, farm: Store) -> None:
    judged(farm, good=60, bad=15)
    usual, lax, strict = (
        accepted_from(settings.model_copy(update={"accept_limit": limit}), farm)
        for limit in (0.1, 0.2, 0.05)
    )
    assert lax < usual <= strict


def test_too_few_labels_are_a_reason_and_no_error(settings: Settings, farm: Store) -> None:
    judged(farm, good=12, bad=3)

    [told] = calibrate.from_labels(settings, farm, media_at_hand(settings))

    assert (told.calibration, told.file) == (None, None)
    assert told.why_not.startswith("there are 12 approvals and 3 rejections; it takes at least 29")


def test_without_labels_or_shots_there_is_nothing_to_fit(settings: Settings, farm: Store) -> None:
    with pytest.raises(Refused, match="nobody has judged a take of profile toy yet"):
        calibrate.from_labels(settings, farm, media_at_hand(settings), "toy")
    with pytest.raises(Refused, match="there is no shot of profile toy to swap prompts on"):
        calibrate.from_swapped(settings, farm, media_at_hand(settings))
