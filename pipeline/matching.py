"""Scores how well still, prompt and frames agree.

A scorer compares a picture and a text as CLIP and SigLIP do: the cosine of their embeddings, laid
on 0..1 by the profile's ranges. It reads a prompt sentence by sentence, because it can only read a
few dozen words and would pass over the rest in silence; the worst sentence counts.
"""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline import weights
from pipeline.checkpoint import check_whole, faults, first_line, quiet_libraries
from pipeline.errors import Cause, RenderFault
from pipeline.profile import MatchSection
from pipeline.recipe import Match

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

    Frames = NDArray[np.uint8]

PROMPTS_KEPT = 16
_SENTENCE_END = re.compile(r"[.!?;]+(?:\s|$)|[。！？；\n]+")
_COMMA = re.compile(r"[,:]+(?:\s|$)|[，：、]+")


class Scorer(Protocol):
    """Whatever can judge; each number is a match, 0..1."""

    name: str

    def still_prompt(self, picture: "Image", prompt: str) -> float:
        """Does the prompt fit the picture?"""
        ...

    def clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[float, float]:
        """Do the frames (frames, height, width, 3) show the prompt, and still the picture?"""
        ...


def judge_still(scorer: Scorer, picture: "Image", prompt: str) -> Match:
    """The match before rendering. Never raises: a scorer that cannot judge leaves a note."""
    match = Match(scorer=scorer.name)
    values, note = _asked(lambda: [scorer.still_prompt(picture, prompt)])
    return replace(match, still_prompt=values[0]) if values else replace(match, note=note)


def judge_clip(
    scorer: Scorer, frames: "Frames", picture: "Image", prompt: str, before: Match
) -> Match:
    """The match after rendering, on top of the one before. Never raises."""
    values, note = _asked(lambda: scorer.clip(frames, picture, prompt))
    if not values:
        return replace(before, note=note)
    clip_prompt, clip_still = values
    return replace(before, clip_prompt=clip_prompt, clip_still=clip_still)


def _asked(question: Callable[[], Sequence[float]]) -> tuple[Sequence[float], str]:
    """The answers, or none and why. NaN is no answer: it would slip through a gate."""
    try:
        values = [float(value) for value in question()]
    except Exception as error:  # whatever a scorer dies of, the paid-for take lives on unscored
        return [], f"the scorer failed: {type(error).__name__}: {error}"
    if all(0 <= value <= 1 for value in values):
        return values, ""
    given = ", ".join(f"{value:g}" for value in values)
    return [], f"the scorer gave {given}, which is not within 0 … 1"


class ClipScorer:
    """Judges by a two-tower model of transformers: CLIP, SigLIP and their kin."""

    def __init__(
        self, name: str, section: MatchSection, model: Any, processor: Any, device: str
    ) -> None:
        self.name = name
        self._section, self._model, self._processor = section, model, processor
        self._device = device
        self._longest = min(
            model.config.text_config.max_position_embeddings, processor.tokenizer.model_max_length
        )
        self._read = lru_cache(maxsize=PROMPTS_KEPT)(self._read_anew)
        self._last_still: tuple[Image, Tensor] | None = None

    def still_prompt(self, picture: "Image", prompt: str) -> float:
        cosines = self._read(prompt) @ self._see_still(picture)
        return calibrate(cosines.min().item(), self._section.prompt_cosine)

    def clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[float, float]:
        """For the prompt, the mean over the sampled frames, or their filmstrip where the profile says
        so; for the still, the worst frame."""
        from PIL import Image

        numbers = sample(len(frames), self._section.sampled_frames)
        pictures = [Image.fromarray(frames[number]) for number in numbers]
        seen = self._see(pictures)
        shown = self._see([filmstrip(pictures)]) if self._section.view == "filmstrip" else seen
        shows_prompt = (shown @ self._read(prompt).T).mean(0).min().item()
        keeps_still = (seen @ self._see_still(picture)).min().item()
        return (
            calibrate(shows_prompt, self._section.prompt_cosine),
            calibrate(keeps_still, self._section.still_cosine),
        )

    def _see_still(self, picture: "Image") -> "Tensor":
        """A still is judged before and after its render; it is looked at once."""
        if self._last_still is None or self._last_still[0] is not picture:
            self._last_still = (picture, self._see([picture])[0])
        return self._last_still[1]

    def _see(self, pictures: "list[Image]") -> "Tensor":
        """Unit vectors (pictures, width)."""
        import torch

        inputs = self._processor.image_processor(images=pictures, return_tensors="pt")
        with torch.no_grad():
            return _unit(self._model.get_image_features(inputs["pixel_values"].to(self._device)))

    def _read_anew(self, prompt: str) -> "Tensor":
        """Unit vectors (clauses, width)."""
        import torch

        inputs = self._processor.tokenizer(
            clauses(prompt, self._fits),
            padding="max_length",
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
        )
        with torch.no_grad():
            return _unit(self._model.get_text_features(**inputs.to(self._device)))

    def _fits(self, text: str) -> bool:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"]) <= self._longest


def load(section: MatchSection, folder: Path, device: str) -> ClipScorer:
    """The scorer whose weights lie in `folder`.

    Raises `RenderFault`, fatal where the folder holds no model of this kind or an incomplete one.
    """
    quiet_libraries()
    from transformers import AutoModel, AutoProcessor

    check_whole(folder)
    try:
        model, found = AutoModel.from_pretrained(
            folder,
            dtype="float32",  # pictures are, and weights may be kept in half precision
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    except Exception as error:  # a bad checkpoint fails in as many ways as there are libraries
        raise _refused(folder, f"cannot be loaded: {first_line(error)}") from error
    if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
        raise _refused(
            folder, f"is a {type(model).__name__}, which does not compare text and picture"
        )
    if found["missing_keys"]:
        raise _refused(folder, f"lacks {len(found['missing_keys'])} of its weights")
    with faults("loading the scorer", device):
        model.to(device)
    return ClipScorer(_name(section, folder), section, model, processor, device)


def clauses(prompt: str, fits: Callable[[str], bool]) -> list[str]:
    """The sentences of a prompt; one that does not fit the scorer falls apart at its commas."""
    found: list[str] = []
    for sentence in _split(_SENTENCE_END, prompt):
        found += [sentence] if fits(sentence) else _split(_COMMA, sentence)
    return found or [prompt]


def _split(mark: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in mark.split(text) if part.strip()]


def sample(frames: int, wanted: int) -> list[int]:
    """At most `wanted` frame numbers, evenly spaced, the first and the last among them."""
    last = frames - 1
    return sorted({round(number * last / (wanted - 1)) for number in range(wanted)})


def filmstrip(pictures: "Sequence[Image]") -> "Image":
    """Pictures of one size as one, in reading order: as many rows as columns, or one fewer."""
    from PIL import Image

    width, height = pictures[0].size
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    strip = Image.new("RGB", (columns * width, rows * height))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        strip.paste(picture, (column * width, row * height))
    return strip


def calibrate(cosine: float, ends: tuple[float, float]) -> float:
    """A cosine as match 0..1, between the cosines that count as 0 and as 1; NaN stays NaN."""
    nothing, everything = ends
    return min(max((cosine - nothing) / (everything - nothing), 0.0), 1.0)


def _unit(output: Any) -> "Tensor":
    from torch.nn.functional import normalize

    return normalize(output.pooler_output, dim=-1)


def _name(section: MatchSection, folder: Path) -> str:
    """Changes with the weights and with whatever lays their cosines on 0..1."""
    parts = [
        weights.identity(section.weights, folder),
        section.model_dump_json(exclude={"threshold"}),
    ]
    return f"{section.weights}#{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8]}"


def _refused(folder: Path, what: str) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"the scorer's folder {folder} {what}: name a CLIP or SigLIP model in the profile's "
        "[match] weights",
    )
