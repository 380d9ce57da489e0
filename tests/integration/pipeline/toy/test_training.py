"""The models can be made from nothing, and breaking off costs nothing."""

import math
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.engines import wan
from pipeline.profiles import profile
from pipeline.recipe import Recipe
from pipeline.scoring import matching
from pipeline.toy import choosing, drawing, measuring, world
from pipeline.toy.training import (
    codec,
    experts,
    eyes,
    films,
    hearing,
    lanes,
    loop,
    parts,
    scorer,
    scorer_lessons,
    sight,
)
from pipeline.toy.training.lanes import Failed
from pipeline.toy.training.loop import Plan
from pipeline.toy.training.workshop import Stopped, Workshop

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(900),  # six processes that load torch, whatever else runs here
]
TOY = profile.load("toy")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both models, made by the command with two steps for each part."""
    work = tmp_path_factory.mktemp("toy")
    program = [sys.executable, "-m", "pipeline.toy.train", str(work), "--quick"]
    done = subprocess.run(
        [*program, "--to", str(work / "made")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(work / "made") in done.stdout
    return work


def test_both_models_come_out_as_the_real_classes_read_them(trained: Path) -> None:
    engine = wan.load(TOY, trained / "made" / "toy-i2v", "cpu")
    recipe = Recipe(
        still="0" * 64, prompt="The red circle moves left.", negative="blurry", seed=1, steps=2,
        cfg_high=3.0, cfg_low=3.0, width=64, height=64, frames=17, fps=8, profile="toy",
        revision=TOY.revision,
    )  # fmt: skip
    picture = Image.new("RGB", (64, 64), "white")
    text = engine.encode_text(recipe.prompt, recipe.negative)
    frames = engine.decode(engine.denoise(picture, text, recipe, lambda step, steps: None))
    assert frames.shape == (17, 64, 64, 3)
    scorer = matching.load(TOY.match, trained / "made" / "toy-clip", "cpu")
    assert matching.judge_still(scorer, picture, recipe.prompt).note == ""


def test_every_user_may_read_what_is_made(trained: Path) -> None:
    for path in (trained / "made").rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_the_two_experts_are_two_trainings(trained: Path) -> None:
    high, low = (
        (trained / "made" / "toy-i2v" / part / "diffusion_pytorch_model.safetensors").read_bytes()
        for part in ("transformer", "transformer_2")
    )
    assert high != low


def test_what_is_made_is_not_made_again(trained: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in (trained / "quick").glob("*.pt")}
    assert {path.stem for path in kept} == {part.name for part in parts.PARTS}
    lanes.make(parts.PARTS, trained / "quick", quick=True)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_part_whose_needs_are_missing_is_refused_with_them(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="low needs high, not in"):
        lanes.make([parts.named("low")], tmp_path, quick=True)


def test_a_part_that_fails_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Workshop(tmp_path).keep("codec", "not a codec")
    with pytest.raises(Failed, match="decoder failed"):
        lanes.make([parts.named("decoder")], tmp_path, quick=True)
    assert "Traceback" in capfd.readouterr().err


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = lanes._Lanes._hear

    def hear_then_interrupt(self: Any) -> None:
        heard(self)
        if any(task.completed for task in self.bars.tasks):
            raise KeyboardInterrupt

    monkeypatch.setattr(lanes._Lanes, "_hear", hear_then_interrupt)
    with pytest.raises(Stopped):
        lanes.make([parts.named("reader")], tmp_path)
    workshop = Workshop(tmp_path)
    assert not workshop.has("reader")
    assert workshop.take("reader.unfinished")["done"] >= 1


def a_module() -> Any:
    """A matrix inside a block, one outside and two vectors: one for each kind of step."""
    import torch

    torch.manual_seed(5)
    layers = {"inner": torch.nn.Linear(16, 16), "outer": torch.nn.Linear(16, 2)}
    return torch.nn.ModuleDict({"blocks": torch.nn.ModuleDict(layers)})


def a_loss(module: Any) -> Callable[..., Any]:
    import torch

    def loss(step: int, rng: Any) -> Any:
        x = torch.randn(8, 16) * rng.random()
        made = module["blocks"]["outer"](module["blocks"]["inner"](x).tanh())
        return (made - x[:, :2]).square().mean()

    return loss


def stop_at(step: int) -> Callable[[int, int, float], None]:
    def told(done: int, of: int, loss: float) -> None:
        if done == step:
            raise Stopped

    return told


@pytest.mark.parametrize("step", [1, 7, 19])
def test_breaking_off_and_going_on_gives_the_same_weights_as_running_through(
    tmp_path: Path, step: int
) -> None:
    import torch

    plan = Plan(name="tiny", steps=20, rate=1e-2, warmup=5)
    through, broken = a_module(), a_module()
    (tmp_path / "through").mkdir()
    loop.fit(plan, through, a_loss(through), Workshop(tmp_path / "through"))
    with pytest.raises(Stopped):
        loop.fit(plan, broken, a_loss(broken), Workshop(tmp_path, told=stop_at(step)))
    fresh = a_module()
    loop.fit(plan, fresh, a_loss(fresh), Workshop(tmp_path))
    for name, weight in through.state_dict().items():
        assert torch.equal(weight, fresh.state_dict()[name]), name
        assert not torch.equal(weight, a_module().state_dict()[name]), name


@pytest.mark.parametrize(
    ("name", "make"), [("reader", experts.make_reader), ("scorer", scorer_lessons.make)]
)
def test_a_real_part_goes_on_as_if_it_had_not_been_broken_off(
    tmp_path: Path, name: str, make: Callable[[Workshop, int], None]
) -> None:
    import torch

    through, broken = Workshop(tmp_path / "through"), Workshop(tmp_path / "broken")
    through.folder.mkdir()
    codec.make(through, 0)
    scorer.make_pieces(through, 0)
    shutil.copytree(through.folder, broken.folder)
    make(through, 3)
    with pytest.raises(Stopped):
        make(Workshop(broken.folder, told=stop_at(2)), 3)
    make(broken, 3)
    for weight, other in zip(through.take(name).values(), broken.take(name).values(), strict=True):
        assert torch.equal(weight, other)


def test_the_text_tower_learns_what_the_first_says_of_the_plainest(tmp_path: Path) -> None:
    """And the picture tower stays as it was."""
    import torch

    losses: list[float] = []
    workshop = Workshop(tmp_path, told=lambda done, of, loss: losses.append(loss))
    scorer.make_pieces(workshop, 0)
    first = scorer.new(scorer.take_tokenizer(workshop))
    workshop.keep("scorer", first.state_dict())
    hearing.make(workshop, 12)
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])
    kept = hearing.take(workshop).vision_model.state_dict()
    for name, weight in first.vision_model.state_dict().items():
        assert torch.equal(weight, kept[name]), name


def test_the_picture_tower_learns_what_the_text_tower_says(tmp_path: Path) -> None:
    """And the text tower stays as it was."""
    import torch

    losses: list[float] = []
    workshop = Workshop(tmp_path, told=lambda done, of, loss: losses.append(loss))
    scorer.make_pieces(workshop, 0)
    heard = scorer.new(scorer.take_hearing_tokenizer(workshop), layers=3)
    workshop.keep("hearing", heard.state_dict())
    codec.make(workshop, 0)
    workshop.keep("films", [drawn_film(number) for number in range(6)])
    workshop.keep("more_films", [drawn_film(number) for number in range(6, 12)])
    sight.make(workshop, 24)
    assert sum(losses[-6:]) < 0.9 * sum(losses[:6])
    kept = eyes.take(workshop).text_model.state_dict()
    for name, weight in heard.text_model.state_dict().items():
        assert torch.equal(weight, kept[name]), name


def drawn_film(number: int) -> dict[str, Any]:
    """As if the render model had made it."""
    import torch

    scene = choosing.choose(random.Random(number))
    frames = drawing.frames(scene)
    looks = [asdict(look) for look in measuring.measure(frames, scene).looks]
    kept = torch.from_numpy(frames[[*eyes.STRIP]]).permute(3, 0, 1, 2)
    return {
        "scene": asdict(scene),
        "frames": kept,
        "estimates": torch.stack([kept] * len(films.LOOKS)),
        "looks": looks,
    }


def test_a_film_in_a_mirror_shows_what_its_mirrored_scene_does() -> None:
    for number in range(14):
        scene = choosing.choose(random.Random(number), moves=(world.MOTIONS[number % 7],))
        frames = drawing.frames(scene)
        found = measuring.measure(frames, scene).mirrored()
        assert found.did() == scene.mirrored().moves
        there = measuring.measure(drawing.frames(scene.mirrored()), scene.mirrored())
        for one, other in zip(found.looks, there.looks, strict=True):
            assert (one.colour, one.shape) == (other.colour, other.shape)
            assert math.dist(one.centre, other.centre) < 0.5


def test_training_learns(tmp_path: Path) -> None:
    module, losses = a_module(), []
    workshop = Workshop(tmp_path, told=lambda done, of, loss: losses.append(loss))
    plan = Plan(name="tiny", steps=300, rate=1e-2, warmup=5)
    loop.fit(plan, module, a_loss(module), workshop)
    assert sum(losses[-20:]) < 0.2 * sum(losses[:20])


def test_an_examination_on_the_way_changes_nothing(tmp_path: Path) -> None:
    import torch

    plan = Plan(name="tiny", steps=16, rate=1e-2, warmup=5)
    seen, unseen, said = a_module(), a_module(), []
    for folder in ("seen", "unseen"):
        (tmp_path / folder).mkdir()
    watched = Workshop(tmp_path / "seen", say=said.append)
    loop.fit(plan, seen, a_loss(seen), watched, examine=lambda: f"{torch.rand(1).item()}")
    loop.fit(plan, unseen, a_loss(unseen), Workshop(tmp_path / "unseen"))
    assert len(said) == loop.EXAMINATIONS
    for one, other in zip(seen.parameters(), unseen.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_checkpoint_of_another_plan_is_refused_with_its_name(tmp_path: Path) -> None:
    module = a_module()
    plan = Plan(name="tiny", steps=20, rate=1e-2)
    with pytest.raises(Stopped):
        loop.fit(plan, module, a_loss(module), Workshop(tmp_path, told=stop_at(2)))
    other = Plan(name="tiny", steps=40, rate=1e-2)
    with pytest.raises(ValueError, match=r"tiny\.unfinished.*another plan"):
        loop.fit(other, module, a_loss(module), Workshop(tmp_path))
