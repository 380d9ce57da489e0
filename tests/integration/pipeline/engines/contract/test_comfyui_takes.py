"""Takes on ComfyUI servers: the same recipes on the played ones and on a real one, whose frames are noise
(`tests/comfyui/real.py`)."""

from typing import Any

import pytest

from pipeline.engines import loading
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.comfyui.following import Following
from pipeline.engines.comfyui.graph import SAVER, Asked, graph_of
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.engine_section import ServerLoraSection
from pipeline.stages import WAITING
from tests.comfyui import tiny
from tests.comfyui.running import asking
from tests.comfyui.takes import LONG, Heard, attempts, files, knows, sent, short
from tests.conftest import a_recipe

SLOTS = {
    "still": "still.image", "prompt": "prompt.text", "negative": "negative.text",
    "seed": ["high_sampler.noise_seed", "low_sampler.noise_seed"], "width": "start.width",
    "height": "start.height", "frames": "start.length", "cfg_high": "high_sampler.cfg",
    "cfg_low": "low_sampler.cfg", "images": "frames",
}  # fmt: skip
"""Where the farm's own graph has what is set in a studio's."""


def test_a_take_is_whole_and_its_steps_are_those_of_both_samplers(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, _), heard, events = attempts(), Heard(), list[int]()
    hear = Following.hear

    def noted(self: Following, message: Any) -> None:
        hear(self, message)
        events.append(self.step)

    monkeypatch.setattr(Following, "hear", noted)
    with sent() as prompts:
        made = short(served.engine(), first, heard, steps=LONG, seed=1)
    assert made.shape == (5, 64, 64, 3)
    assert made.std() > 1
    assert heard.in_order[0] == WAITING
    assert next(stage for stage in heard.in_order if stage in ("denoise", "decode")) == "denoise"
    told = [step for step, _ in heard.steps]
    assert told == sorted(told)
    assert told[-1] == LONG
    assert events[-1] == LONG, "not all steps of both samplers were told"
    assert len(set(events)) > 3
    assert not knows(served.address, prompts[0])
    assert files(served.address, prompts[0]) == [True, False]


def test_the_same_recipe_again_is_another_file_of_the_same_frames(served: Any) -> None:
    engine, heard = served.engine(), Heard()
    with sent() as prompts:
        one = short(engine, attempts()[0], seed=2)
        other = short(engine, attempts()[0], heard, seed=2)
    assert (one == other).all()
    assert [files(served.address, each) for each in prompts] == [[True, False]] * 2
    assert {step for step, _ in heard.steps} <= {0, 8}, "it was rendered, and not remembered"


def test_another_seed_is_other_frames(served: Any) -> None:
    engine = served.engine()
    one = short(engine, attempts()[0], seed=3)
    assert (one != short(engine, attempts()[0], seed=4)).any()


@pytest.mark.parametrize(
    "changes",
    [
        {"frames": 1},
        {"steps": 1},
        {"seed": 2**63 - 1},
        {"cfg_high": 1.0, "cfg_low": 1.0},
        {"prompt": 'A (red:1.3) "sign" says \\n\n前进 {now|never} // at once'},
        {"prompt": "", "negative": ""},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_recipes_are_made_whatever_stands_in_them(served: Any, changes: Any) -> None:
    made = short(served.engine(), attempts()[0], **changes)
    assert made.shape == (changes.get("frames", 5), 64, 64, 3)


def test_takes_with_loras_are_made(served: Any) -> None:
    (high, low), profile = tiny.LORAS, served.profile
    loras = (
        ServerLoraSection(expert="high", file=high, strength=0.5),
        ServerLoraSection(expert="low", file=low),
    )
    if served.tiny:
        section = profile.engine.model_copy(update={"loras": loras})
        profile = profile.model_copy(update={"engine": section})
    engine = loading.load(profile, None, "cpu")
    assert isinstance(engine, ComfyEngine)
    assert short(engine, attempts()[0], seed=13).shape == (5, 64, 64, 3)


def test_a_graph_of_the_studios_own_makes_what_it_makes_elsewhere(served: Any) -> None:
    profile = served.profile
    ours = short(served.engine(), attempts()[0], seed=14)
    if not profile.engine.their_graph:
        graph = graph_of(profile, Asked(a_recipe(), "old.png", "old"))
        graph["for_nobody"] = graph.pop(SAVER)
        theirs = {"their_graph": "graph.json", "graph": graph, "slots": SLOTS}
        profile = asking(served.address, version=profile.engine.version, **theirs)
    engine = loading.load(profile, None, "cpu")
    assert isinstance(engine, ComfyEngine)
    assert (short(engine, attempts()[0], seed=14) == ours).all()


def test_a_server_is_asked_what_it_lacks(served: Any) -> None:
    cases = [({"version": "0.0.1"}, r"takes are made by 0\.0\.1")]
    if not served.profile.engine.their_graph:  # which names no files
        cases += [
            ({"vae": "nope.safetensors"}, r"no nope\.safetensors: put it into its models/vae"),
            ({"sampler": "nothing"}, "knows no sampler_name nothing"),
        ]
    for changes, said in cases:
        section = served.profile.engine.model_copy(update=changes)
        with pytest.raises(RenderFault, match=said) as raised:
            loading.load(served.profile.model_copy(update={"engine": section}), None, "cpu")
        assert raised.value.cause is Cause.FATAL
