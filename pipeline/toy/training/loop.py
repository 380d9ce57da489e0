"""The one way in which every part is trained: seeded step by step, resumable, its weights averaged."""

import hashlib
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.toy.training.workshop import Stopped, Workshop

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

    Loss = Callable[[int, random.Random], Tensor]

SEED = 20261122
SAVE_EVERY = 60.0
"""Seconds between checkpoints."""
EXAMINATIONS = 8
"""How often a part is looked at on its way; a shorter training is not looked at."""
INNER = ("blocks.", ".block.", ".layers.")
"""In the names of weights inside attention and feed-forward layers."""
MOMENTUM = (0.9, 0.98)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how hard a part is trained."""

    name: str
    steps: int
    rate: float
    warmup: int = 50
    """Steps until the rate is reached."""
    final_rate: float = 0.02
    """Share of `rate` at the end."""
    decay: float = 0.01
    average: float = 0.995
    """How much of the averaged weights stays at each step."""
    longest: float = 1.0
    """Gradients are cut to this norm."""

    def rate_at(self, step: int) -> float:
        """Up in a straight line, then down along a cosine."""
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(self.steps - self.warmup, 1)
        falling = 0.5 * (1 + math.cos(math.pi * done))
        return self.rate * (self.final_rate + (1 - self.final_rate) * falling)


def fit(
    plan: Plan,
    module: "nn.Module",
    loss: "Loss",
    workshop: Workshop,
    examine: Callable[[], str] | None = None,
) -> None:
    """Trains `module` in place and leaves its averaged weights in it.

    `loss(step, rng)` draws its data from `rng` and from torch's generator, both seeded by the step alone:
    a training that was broken off goes on as if it had not been. Raises `Stopped` when the workshop
    does, with the last step saved, and `ValueError` for a checkpoint of another plan.
    """
    training = _Training(plan, module, workshop)
    saved = time.monotonic()
    for step in range(training.done, plan.steps):
        value = training.step(step, loss)
        try:
            workshop.told(step + 1, plan.steps, value)
        except Stopped:
            training.save()
            raise
        if time.monotonic() - saved > SAVE_EVERY:
            training.save()
            saved = time.monotonic()
        if examine and plan.steps >= EXAMINATIONS and not (step + 1) % (plan.steps // EXAMINATIONS):
            with training.averaged():
                workshop.say(f"{plan.name}, step {step + 1}: {examine()}")
    training.finish()


class _Training:
    """What changes from step to step, and how it is kept."""

    def __init__(self, plan: Plan, module: "nn.Module", workshop: Workshop) -> None:
        self.done = 0
        self._plan, self._workshop = plan, workshop
        self._module = module.to(workshop.device).train()
        self._weights = [each for each in module.parameters() if each.requires_grad]
        self._mean = [each.detach().clone() for each in self._weights]
        self._optimizers = _optimizers(module, plan)
        self._checkpoint = f"{plan.name}.unfinished"
        if workshop.has(self._checkpoint):
            self._resume(workshop.take(self._checkpoint))

    def step(self, step: int, loss: "Loss") -> float:
        import torch

        value = loss(step, _seeded(self._plan.name, step))
        for optimizer in self._optimizers:
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                group["lr"] = self._plan.rate_at(step)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self._weights, self._plan.longest)
        for optimizer in self._optimizers:
            optimizer.step()
        stays = min(self._plan.average, (step + 1) / (step + 10))
        torch._foreach_lerp_(self._mean, [each.detach() for each in self._weights], 1 - stays)
        self.done = step + 1
        return float(value.detach())

    def save(self) -> None:
        kept = {
            "plan": asdict(self._plan),
            "done": self.done,
            "weights": [each.detach() for each in self._weights],
            "mean": self._mean,
            "optimizers": [each.state_dict() for each in self._optimizers],
        }
        self._workshop.keep(self._checkpoint, kept)

    def _resume(self, kept: dict[str, Any]) -> None:
        if kept["plan"] != asdict(self._plan):
            raise ValueError(
                f"{self._checkpoint} in {self._workshop.folder} was trained to another plan: "
                "remove it, or name another folder"
            )
        self.done = kept["done"]
        _put(self._weights, kept["weights"])
        _put(self._mean, kept["mean"])
        for optimizer, state in zip(self._optimizers, kept["optimizers"], strict=True):
            optimizer.load_state_dict(state)

    @contextmanager
    def averaged(self) -> "Iterator[None]":
        """For the time of the `with`, the module is what it would be if training ended now."""
        import torch

        now = [each.detach().clone() for each in self._weights]
        _put(self._weights, self._mean)
        self._module.eval()
        with torch.no_grad():
            yield
        self._module.train()
        _put(self._weights, now)

    def finish(self) -> None:
        _put(self._weights, self._mean)
        self._module.eval().requires_grad_(False).to("cpu")


def _optimizers(module: "nn.Module", plan: Plan) -> "list[Optimizer]":
    """Muon for the matrices of attention and feed-forward layers, AdamW for everything else."""
    from torch.optim import AdamW, Muon

    inner: list[Any] = []
    others: list[Any] = []
    for name, weight in module.named_parameters():
        matrix = weight.ndim == 2 and min(weight.shape) >= 16 and "norm" not in name
        if weight.requires_grad:
            (inner if matrix and any(part in name for part in INNER) else others).append(weight)
    made: list[Optimizer] = [AdamW(others, lr=plan.rate, weight_decay=plan.decay, betas=MOMENTUM)]
    if inner:
        how = "match_rms_adamw"
        made.append(Muon(inner, lr=plan.rate, weight_decay=plan.decay, adjust_lr_fn=how))
    return made


def _seeded(name: str, step: int) -> random.Random:
    import torch

    seed = int(hashlib.sha256(f"{SEED}/{name}/{step}".encode()).hexdigest()[:12], 16)
    torch.manual_seed(seed)
    return random.Random(seed)


def _put(weights: "Sequence[Tensor]", values: "Sequence[Tensor]") -> None:
    import torch

    with torch.no_grad():
        for weight, value in zip(weights, values, strict=True):
            weight.copy_(value)
