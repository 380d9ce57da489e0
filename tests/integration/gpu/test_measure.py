"""The whole measurement with a small model on a CPU: every stage through the farm's own code, no hub."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from pipeline.engines import wan
from pipeline.engines.wan_experts import EXPERTS
from pipeline.models import device, device_memory
from pipeline.models.device import CPU
from pipeline.profiles import profile
from tests.gpu import measure, model, stages, takes
from tests.gpu.bench import Bench
from tests.gpu.record import FILE, Record
from tests.integration.pipeline.engines.test_wan_configuration import PROFILES, sampler_of
from tests.integration.pipeline.engines.test_wan_needs import CONFIG

NAMES = [each.name for each in stages.stages(Bench(model.LARGE, Path(), CPU))]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], bool]:
    """Its folder, what it told, and whether nothing failed; whoever asks a hub fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("a measurement asked the network")

    folder, told = tmp_path_factory.mktemp("gpu"), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        whole = measure.measure(folder, CPU, tiny=True, seconds=600, told=told.append)
    return folder, told, whole


@pytest.fixture
def found(rehearsal: tuple[Path, list[str], bool]) -> Any:
    return json.loads((rehearsal[0] / FILE).read_text())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    model.write_configuration(model.TINY, tmp_path)
    return Bench(model.TINY, tmp_path, CPU)


def test_every_stage_is_measured(rehearsal: Any, found: Any) -> None:
    _, told, whole = rehearsal
    problems = {
        name: each for name, each in found["stages"].items() if {"error", "left_out"} & {*each}
    }
    assert problems == {}
    assert whole
    assert found["whole"] is True
    assert [*found["stages"]] == NAMES == [*measure.STAGES]
    assert len(told) == 2 * len(NAMES)
    assert told[0].startswith(f"1 of {len(NAMES)}, ")


def test_stages_by_themselves_keep_what_others_found_on_the_same_machine(
    rehearsal: Any, found: Any, tmp_path: Path
) -> None:
    again = ["expert", "torch_480p"]
    before = {**found["stages"], "expert": {"seconds": -1}}
    for card in (found["card"], "another card"):
        earlier = {**found, "stages": before, "card": card, "date": "2026-01-01"}
        (tmp_path / FILE).write_text(json.dumps(earlier))
        assert measure.measure(tmp_path, CPU, tiny=True, seconds=600, only=again, told=print)
        made = json.loads((tmp_path / FILE).read_text())["stages"]
        assert made["expert"]["seconds"] >= 0
        assert [*made] == (NAMES if card is None else again)
        assert ("int8" in made) == (card is None)


def test_what_was_measured_on_is_told(found: Any) -> None:
    assert found["tiny"] is True
    assert found["card"] is None
    assert found["torch"]
    assert found["diffusers"]
    assert found["python"]
    assert found["host_memory_gib"] > 0


def test_each_precision_is_held_against_what_the_exact_expert_makes(found: Any) -> None:
    seen = found["stages"]
    assert seen["exact_480p"]["off_torchs_attention"] == 0
    assert seen["exact_480p"]["off_in_another_thread"] == 0
    assert seen["compiled_480p"]["off_exact"] < 0.01
    assert 0 < seen["int8"]["off_exact"] < 0.05
    assert 0 < seen["float8"]["off_exact"] < 0.1


def test_takes_are_whole_ones_of_the_packaged_profiles(found: Any) -> None:
    seen = found["stages"]
    assert len(seen["draft"]["steps_s"]) == profile.load(stages.DRAFT).sampler.steps
    assert len(seen["step_cache"]["steps_s"]) == stages.WITH_CACHE
    for within in ("take_in_24_gb", "take_in_80_gb"):
        assert len(seen[within]["steps_s"]) == stages.BOTH_EXPERTS
    assert seen["exchange"]["one_way_s"] > 0


def test_a_step_that_a_cache_shortens_computes_fewer_blocks(bench: Bench) -> None:
    seen: dict[str, Any] = {}
    stages.draft(bench, {})
    parts = bench.engines[stages.DRAFT]._model
    passes: list[str] = []
    for part in EXPERTS:
        for block in getattr(parts, part).blocks:
            block.register_forward_pre_hook(lambda *_, part=part: passes.append(part))
    stages.cached_steps(bench, seen)
    fast, blocks = profile.load(stages.FAST), model.TINY.expert["num_layers"]
    low = stages.WITH_CACHE - takes.steps_above(fast, stages.WITH_CACHE)
    # The first is whole; then every other one computes its first block alone. Two takes were made.
    shortened = low // 2
    assert passes.count(EXPERTS[1]) == 2 * (
        (low - shortened) * blocks + shortened * model.TINY.first_blocks
    )
    assert seen["whole_step_s"] >= seen["shortened_step_s"]


def test_the_take_in_24_gb_lets_experts_change_places(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.exchange(bench, {})
    places, put = stages.exchange_of(bench.engines[stages.SMALL]), list[str]()
    before = places.put

    def noted(part: str) -> None:
        if part != places._part:
            put.append(part)
        before(part)

    monkeypatch.setattr(places, "put", noted)
    stages.take_in_24_gb(bench, {})
    assert put == [EXPERTS[1]]


def test_memory_may_grow_in_place_before_weights_come(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []
    put = wan._put_experts
    monkeypatch.setattr(wan, "avoid_fragmentation", done.append)
    monkeypatch.setattr(wan, "_put_experts", lambda *given: done.append("experts") or put(*given))
    stages.draft(bench, {})
    assert done == [CPU, "experts"]


def test_what_a_take_costs_and_the_table_come_with_it(rehearsal: Any, found: Any) -> None:
    assert all(each["seconds"] for each in found["takes"])
    assert {each["profile"] for each in found["takes"]} == {
        name for name in profile.names() if name.startswith("wan2.2")
    }
    told = (rehearsal[0] / "gpu.md").read_text()
    assert told.startswith("**A rehearsal with a small model: its figures say nothing.**")
    assert "| int8, compiled | 480p |" in told


def test_without_its_expert_a_stage_is_left_out_and_the_others_go_on(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        import torch

        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 270 MiB")

    monkeypatch.setattr(model, "expert", full)
    wanted = [each for each in stages.stages(bench) if each.name in (*NAMES[:3], "vae_480p")]
    record = Record(tmp_path / "out", {}, 600)
    assert not record.run(wanted, lambda _: None, lambda: None)
    seen = record.found["stages"]
    assert seen["expert"]["error"] == (
        "OutOfMemoryError: CUDA out of memory. Tried to allocate 270 MiB"
    )
    assert "there is no expert to measure" in seen["torch_480p"]["left_out"]
    assert seen["vae_480p"]["decode bfloat16"]["s"] > 0


def test_a_decode_without_room_goes_in_tiles(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a VAE that has no room for a whole picture, as a limited card has none."""
    import torch
    from diffusers import AutoencoderKLWan

    decode = AutoencoderKLWan.decode
    limited: list[int] = []

    def too_large(vae: Any, *given: Any, **named: Any) -> Any:
        if limited and not vae.use_tiling:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4.00 GiB")
        return decode(vae, *given, **named)

    def limit(_device: str, size: int) -> Any:
        limited.append(size)
        return device_memory.memory_limit(_device, size)

    monkeypatch.setattr(AutoencoderKLWan, "decode", too_large)
    monkeypatch.setattr(stages, "memory_limit", limit)
    seen: dict[str, Any] = {}
    stages.vae(bench, seen, "480p")
    assert seen["decode bfloat16, too little room"]["in_tiles"] is True
    assert limited == [int(stages.SHORT_OF * 2 * 5_115 * 32 * 32)]


def test_the_same_weights_are_made_in_every_precision(bench: Bench) -> None:
    import torch

    plain, again = (model.expert(bench.folder, CPU) for _ in range(2))
    small = model.expert(bench.folder, CPU, "int8")
    right = plain.state_dict()
    assert all(weight.equal(right[name]) for name, weight in again.state_dict().items())
    name = "blocks.0.ffn.net.2"
    numbers = small.state_dict()
    whole = numbers[f"{name}.weight"].float() * numbers[f"{name}.scale"][:, None]
    assert torch.allclose(whole, right[f"{name}.weight"].float(), atol=0.001)
    assert numbers["patch_embedding.weight"].equal(right["patch_embedding.weight"])


def test_the_large_model_is_the_one_that_takes_are_made_with() -> None:
    assert model.LARGE.expert == {**CONFIG, "patch_size": [*CONFIG["patch_size"]]}
    assert model.LARGE.sizes == takes.AREAS
    assert model.LARGE.backend is None


@pytest.mark.parametrize("name", PROFILES)
def test_steps_above_the_boundary_are_counted_as_the_sampler_makes_them(name: str) -> None:
    wanted = profile.load(name)
    times = sampler_of(name).timesteps
    above = int((times >= wanted.model.boundary * 1000).sum())
    assert takes.steps_above(wanted, wanted.sampler.steps) == above


def test_all_stages_together_fit_into_the_time(tmp_path: Path) -> None:
    wanted = stages.stages(Bench(model.LARGE, tmp_path, CPU))
    assert sum(each.seconds for each in wanted) <= measure.MOST_SECONDS
    assert measure.MOST_SECONDS <= 720 - 20


def test_without_a_card_it_says_so_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr(device, "has_accelerator", lambda: False)
    monkeypatch.setattr("sys.argv", ["measure", "--out", str(tmp_path / "out")])
    assert measure.main() == 1
    told = capsys.readouterr().err
    assert "There is no accelerator here that torch can use" in told
    assert "--tiny" in told
    assert not (tmp_path / "out").exists()


def test_a_card_that_is_too_small_leaves_its_stage_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = device.Accelerator(name="RTX 3090", memory=24 * 2**30, capability=(8, 6))
    monkeypatch.setattr("tests.gpu.bench.card_of", lambda _: small)
    monkeypatch.setattr(stages, "card_of", lambda _: small)
    with pytest.raises(stages.LeftOut, match=r"takes 31 GiB, and RTX 3090 has 24\.0"):
        stages.expert(bench, {})
    with pytest.raises(stages.LeftOut, match="RTX 3090 does not multiply in it"):
        stages.in_8_bits(bench, {}, "float8")
    assert bench.profile(stages.DRAFT).speed.quantisation.high == "int8"
