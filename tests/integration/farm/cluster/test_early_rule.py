"""When a worker looks at takes before they are done: as the profile says, and never without its record."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.loading import early_rule
from pipeline.early_end import EarlyRule
from pipeline.errors import Cause, RenderFault
from pipeline.models import builtin, tiny_decoder
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.scoring import early_record
from pipeline.scoring.early_record import EarlyRecord, Kind
from tests.memory_media import MemoryMedia

TOY = profile.load("toy")
SCORER = "builtin:toy-clip#1"


def toy(**early: Any) -> Profile:
    return TOY.model_copy(update={"early": TOY.early.model_copy(update=early)})


def a_record(**kind: Any) -> EarlyRecord:
    decoder = builtin.folder("builtin:toy-preview") / "model.safetensors"
    of = Kind(
        profile="toy",
        revision=TOY.revision,
        scorer=SCORER,
        step=TOY.early.step,
        decoder=tiny_decoder.fingerprint(decoder),
    )
    return EarlyRecord(
        kind=replace(of, **kind), threshold=0.3, limit=0.05, bound=0.049, takes=90, good=60, good_ended=0,
        ended=30, steps=720, steps_spared=90, seconds_spared=30.0,
    )  # fmt: skip


def rule(of: Profile, *records: EarlyRecord) -> EarlyRule | None:
    media = MemoryMedia()
    for record in records:
        early_record.keep(media, record)
    return early_rule(of, media, SCORER, None)


def test_the_packaged_profile_looks_at_nothing() -> None:
    assert rule(TOY, a_record()) is None


def test_in_shadow_no_record_is_needed() -> None:
    assert rule(toy(mode="shadow")) == EarlyRule(step=2, threshold=None, audit=0.05)


def test_live_goes_by_its_record_or_by_a_lower_line_of_the_profile() -> None:
    assert rule(toy(mode="live"), a_record()) == EarlyRule(step=2, threshold=0.3, audit=0.05)
    lower = rule(toy(mode="live", threshold=0.2), a_record())
    assert lower == EarlyRule(step=2, threshold=0.2, audit=0.05)


def test_a_higher_line_than_the_record_allows_is_refused() -> None:
    with pytest.raises(RenderFault, match=r"early.threshold 0.4 .*which is 0.300") as caught:
        rule(toy(mode="live", threshold=0.4), a_record())
    assert caught.value.cause is Cause.FATAL


@pytest.mark.parametrize(
    "kind", [{"revision": "0" * 12}, {"scorer": "other"}, {"step": 1}, {"decoder": "0" * 12}]
)
def test_live_without_the_record_of_just_that_is_refused(kind: dict[str, Any]) -> None:
    with pytest.raises(RenderFault, match=r"no record says .*farm calibrate --early") as caught:
        rule(toy(mode="live"), a_record(**kind))
    assert caught.value.cause is Cause.FATAL


def test_a_tiny_decoder_that_is_not_there_is_refused_and_never_fetched(tmp_path: Path) -> None:
    of = toy(mode="shadow", decoder="taehv/taew2_1.safetensors")
    with pytest.raises(RenderFault, match=r"taew2_1.safetensors of toy is not on this machine"):
        early_rule(of, MemoryMedia(), SCORER, tmp_path)
    (tmp_path / "taehv").mkdir()
    (tmp_path / "taehv" / "taew2_1.safetensors").write_bytes(b"")
    assert early_rule(of, MemoryMedia(), SCORER, tmp_path) is not None
