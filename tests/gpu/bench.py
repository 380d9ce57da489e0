"""What the stages measure with: seconds and peaks of passes through an expert, and of whole takes.

Peaks are GiB of all that lies on the card, without CUDA's own context.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.engines import acceleration, wan
from pipeline.engines.wan_needs import GIB, Expert
from pipeline.models.device import card_of, synchronise
from pipeline.models.device_memory import forget_peak, memory_peak
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from tests.gpu import model
from tests.gpu.model import Architecture
from tests.gpu.record import Found, LeftOut

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel
    from torch import Tensor


@dataclass
class Bench:
    """The device, and what stages leave on it for later ones."""

    architecture: Architecture
    folder: Path
    """A checkpoint's configuration files."""
    device: str
    expert: "WanTransformer3DModel | None" = None
    right: "Tensor | None" = None
    """What the exact expert makes, not compiled: others are held against it."""
    engines: dict[str, wan.WanEngine] = field(default_factory=dict)
    """Those on the device, by the names of their profiles: one at most."""

    def forget(self) -> None:
        """Room for the next experts."""
        there = self.expert is not None or bool(self.engines)
        self.expert = None
        self.engines.clear()
        if there:
            gc.collect()  # parts of an engine know each other
        forget_peak(self.device)

    def make_room(self, gib: float) -> None:
        """Forgets what was; leaves the stage out where the card is too small for it anyhow."""
        self.forget()
        card = card_of(self.device)
        if card and card.memory < gib * GIB:
            raise LeftOut(f"it takes {gib:g} GiB, and {card.name} has {as_gib(card.memory)}")

    def present(self) -> "WanTransformer3DModel":
        """The expert that an earlier stage made."""
        if self.expert is None:
            raise LeftOut("there is no expert to measure: the stage that makes it has none")
        return self.expert

    def compile(self, expert: "WanTransformer3DModel") -> Found:
        """The exact path, compiled as in a process of its own; a compiler that fails is an error here."""
        import torch

        if self.architecture.backend is None and not acceleration.compiler_for(self.device):
            raise LeftOut(acceleration.no_compiler(self.device))
        torch._dynamo.reset()
        begun = time.perf_counter()
        model.set_up(self.architecture, [expert], self.device)
        return {"compiled_in_s": round(time.perf_counter() - begun, 1)}

    def passes(self, area: str, *, times: int) -> Found:
        """Passes of the present expert: seconds of one, operations a second, peak."""
        import torch

        expert, size = self.present(), self.architecture.sizes[area]
        given = model.inputs(self.architecture, size, self.device)
        counted = Expert.read(self.architecture.expert, 512).operations(size)
        with torch.inference_mode():
            forget_peak(self.device)
            seconds = self.seconds(lambda: expert(**given), times=times)
        return {"pass_s": rounded(seconds), "tflops": rate(counted, seconds)} | self.peaks()

    def made(self) -> "Tensor":
        """What the present expert makes of the same input each time."""
        import torch

        expert = self.present()
        given = model.inputs(self.architecture, self.architecture.sizes["480p"], self.device)
        with torch.inference_mode():
            return expert(**given)[0].float()

    def off_exact(self) -> Found:
        """The present expert's relative error, where there is something to hold it against."""
        return {} if self.right is None else {"off_exact": off(self.right, self.made())}

    def take(
        self,
        engine: wan.WanEngine,
        wanted: Profile,
        steps: int,
        *,
        times: int,
        area: str = "480p",
    ) -> Found:
        """The last of some takes in a row, by its parts; the first ones warm up. The first step has the
        encode of the still in it."""
        size = self.architecture.sizes[area]
        text = model.text(self.architecture, self.device)
        order = model.recipe(wanted, size, steps)
        found = Found(compiled=is_compiled(engine))
        stamps: list[float] = []
        for _ in range(times):
            forget_peak(self.device)
            stamps[:] = [self.now()]
            latents = engine.denoise(
                model.picture(size), text, order, lambda *_: stamps.append(self.now())
            )
            found["denoise"] = {"s": rounded(self.now() - stamps[0])} | self.peaks()
            found["steps_s"] = [rounded(step) for step in _between(stamps)]
            forget_peak(self.device)
            begun = self.now()
            engine.decode(latents)
            found["decode"] = {"s": rounded(self.now() - begun)} | self.peaks()
        return found

    def profile(self, name: str) -> Profile:
        """A packaged profile as this card can run it; a rehearsal compiles none of its engines."""
        wanted = profile.load(name)
        speed: Found = {"compile": wanted.speed.compile and self.architecture.backend is None}
        quantisation = wanted.speed.quantisation
        if acceleration.why_no_quantisation(quantisation, card_of(self.device)):
            speed["quantisation"] = type(quantisation)(high="int8", low="int8")
        return wanted.model_copy(update={"speed": wanted.speed.model_copy(update=speed)})

    def seconds(self, work: Callable[[], Any], *, times: int) -> float:
        """The least of some times, after one that warms up."""
        work()
        stamps = [self.now()]
        for _ in range(times):
            work()
            stamps.append(self.now())
        return min(_between(stamps))

    def peak_of(self, work: Callable[[], Any]) -> Found:
        """Seconds and peak of something that is done once to warm up and once more."""
        import torch

        forget_peak(self.device)
        with torch.inference_mode():
            seconds = self.seconds(work, times=1)
        return {"s": rounded(seconds)} | self.peaks()

    def peaks(self) -> Found:
        """Nothing on a CPU, where nobody counts."""
        peak = memory_peak(self.device)
        if peak is None:
            return {}
        return {"peak_gib": as_gib(peak.tensors), "reserved_gib": as_gib(peak.reserved)}

    def now(self) -> float:
        """Seconds of a clock, once the device has done all."""
        synchronise(self.device)
        return time.perf_counter()


def is_compiled(engine: wan.WanEngine) -> bool:
    """Whether its experts are: the farm goes on without where a compiler fails."""
    return engine._model.transformer.blocks[0]._compiled_call_impl is not None


def size_of(expert: "WanTransformer3DModel") -> Found:
    """Numbers and bytes of its weights."""
    weights = [*expert.state_dict().values()]
    return {
        "billions": round(sum(each.numel() for each in weights) / 1e9, 3),
        "weights_gib": as_gib(sum(each.nbytes for each in weights)),
    }


def off(right: "Tensor", made: "Tensor") -> float:
    """Relative error."""
    return float(f"{float((made - right).norm() / right.norm()):.2e}")


def rate(operations: int, seconds: float) -> float:
    """10^12 operations a second."""
    return rounded(operations / 1e12 / seconds)


def as_gib(size: float) -> float:
    """GiB of bytes."""
    return round(size / GIB, 2)


def rounded(figure: float) -> float:
    """To four digits: no clock here is better than that."""
    return float(f"{figure:.4g}")


def _between(stamps: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(stamps)]
