"""One rank of a group on CPUs, as the tests of ranks start it: `python -m tests.rank_process`.

Arguments: the folder for rendezvous and results, this rank, how many there are, and what goes wrong at the
third step: `nothing`, `stop` (rank 0 is told to end), `fault` (rank 0 meets one as the step is told),
`within` (rank 1 runs out of memory in the step), `gone` (rank 1 dies in it) or `after` (rank 1 fails
behind the step). After trouble rank 0 renders once more.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from pipeline.engines import loading, ranked, ranks
from pipeline.engines.ranked import RankedEngine
from pipeline.engines.wan import WanEngine
from pipeline.errors import Cause, RenderFault, RenderStopped, TakeError
from pipeline.profiles import profile
from pipeline.recipe import Recipe

TOY = profile.load("toy")
RECIPE = Recipe(
    still="",
    prompt="A red circle moves to the left.",
    negative="blurry, still picture",
    seed=7,
    steps=8,
    cfg_high=3.5,
    cfg_low=4.5,
    width=64,
    height=64,
    frames=17,
    fps=8,
    profile="toy",
    revision=TOY.revision,
)
PATIENCE_S = 60.0
THIRD = 3


def a_picture() -> Image.Image:
    still = Image.new("RGB", (RECIPE.width, RECIPE.height), "white")
    ImageDraw.Draw(still).ellipse((8, 8, 24, 24), fill="red")
    return still


def main() -> None:
    folder, rank, count, trouble = (
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
    )
    import torch

    torch.set_num_threads(1)
    if count == 1:
        engine = loading.load(TOY, None, "cpu")
        _save(folder, _latents(engine, lambda step: None))
        return
    group = ranks.join(folder / "rendezvous", rank, count, "cpu", PATIENCE_S)
    engine = loading.load_rank(TOY, None, "cpu", group)
    told: list[dict[str, object]] = []
    share = _tokens_seen(engine._engine if isinstance(engine, RankedEngine) else engine)
    try:
        if isinstance(engine, RankedEngine):
            _lead(folder, engine, trouble, told)
        else:
            _follow(engine, group, trouble)
    except TakeError as error:
        told.append(_told(error))
    (folder / f"told{rank}.json").write_text(
        json.dumps({"told": told, "broken": group.broken, "share": sorted(share)})
    )
    if group.broken is None:
        group.leave()
    sys.stdout.flush()
    os._exit(0)  # as a killed process would: the others must hear of it


def _tokens_seen(engine: Any) -> set[int]:
    """Is filled with how many tokens reach the second blocks of the experts."""
    seen: set[int] = set()
    for expert in engine.experts:
        expert.blocks[1].attn1.register_forward_pre_hook(
            lambda _, tokens: seen.add(tokens[0].shape[1])
        )
    return seen


def _lead(folder: Path, engine: RankedEngine, trouble: str, told: list[dict[str, object]]) -> None:
    def at(step: int) -> None:
        if trouble == "stop" and step == THIRD:
            raise RenderStopped("a person cancelled it")
        if trouble == "fault" and step == THIRD:
            raise RenderFault(Cause.MACHINE, "the lease could not be renewed")

    try:
        _save(folder, _latents(engine, at))
    except TakeError as error:
        told.append(_told(error))
        _save(folder, _latents(engine, lambda step: None))
    finally:
        engine.close()


def _follow(engine: Any, group: ranks.Group, trouble: str) -> None:
    if trouble in {"within", "gone"}:
        _fail_within(engine, trouble)
    ranked.follow(_Troubled(engine) if trouble == "after" else engine, group)


def _fail_within(engine: WanEngine, trouble: str) -> None:
    """Between the exchanges of a step: in the second block's third pass."""
    passes = 0

    def before(*_: object) -> None:
        nonlocal passes
        passes += 1
        if passes == THIRD:
            import torch

            if trouble == "gone":
                os._exit(9)

            raise torch.OutOfMemoryError("no more of it")

    blocks: Any = engine.experts[0].blocks
    blocks[1].attn1.register_forward_pre_hook(before)


class _Troubled:
    """An engine that meets a fault of its machine after the third step, when rank 0 waits for its word."""

    def __init__(self, engine: Any) -> None:
        self.abilities, self._engine = engine.abilities, engine
        self.encode_text, self.decode = engine.encode_text, engine.decode

    def denoise(
        self, picture: Any, text: Any, recipe: Recipe, on_step: Any, at_boundary: Any = None
    ) -> Any:
        def after(step: int, steps: int) -> None:
            if step == THIRD:
                raise RenderFault(Cause.MACHINE, "the card fell off the bus")
            on_step(step, steps)

        return self._engine.denoise(picture, text, recipe, after, at_boundary)


def _latents(engine: Any, at: Any) -> Any:
    text = engine.encode_text(RECIPE.prompt, RECIPE.negative)
    return engine.denoise(a_picture(), text, RECIPE, lambda step, steps: at(step))


def _save(folder: Path, latents: Any) -> None:
    import torch

    torch.save(latents, folder / "latents.pt")


def _told(error: TakeError) -> dict[str, object]:
    cause = error.cause if isinstance(error, RenderFault) else None
    return {"kind": type(error).__name__, "cause": cause, "sentence": str(error)}


if __name__ == "__main__":
    main()
