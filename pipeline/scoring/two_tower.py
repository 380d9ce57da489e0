"""Judges by a two-tower model of transformers: CLIP, SigLIP and their kin.

Picture and words are compared by the cosine of their embeddings, laid on 0..1 by the profile's
ranges. A prompt is asked clause by clause or sentence by sentence: the model can only read a few
dozen words and would pass over the rest in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.misses import Answer, MissKind
from pipeline.models.device import beside_others
from pipeline.models.pretrained import load_whole, refused
from pipeline.profiles.match_section import MatchSection
from pipeline.prompts.grammar.clauses import Language
from pipeline.prompts.grammar.prompt import parse
from pipeline.scoring import question_text, questions
from pipeline.scoring.protocol import scorer_name
from pipeline.scoring.questions import Words
from pipeline.scoring.sampling import filmstrip, parts, sampled

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

Vectors = NDArray[np.float32]
"""Unit vectors: (things, width)."""
TEXTS_KEPT = 256
WANTED = "a CLIP or SigLIP model"
MOST_STAGES = 4
"""The orders of more stages are too many to be told apart."""
_SENTENCE_END = re.compile(r"[.!?;]+(?:\s|$)|[。！？；\n]+")
_COMMA = re.compile(r"[,:]+(?:\s|$)|[，：、]+")


class ClipScorer:
    """Asks who is in the still, and what the clip shows of the prompt and keeps of the still."""

    def __init__(
        self, name: str, section: MatchSection, model: Any, processor: Any, device: str
    ) -> None:
        self.name = name
        self._section, self._model, self._processor = section, model, processor
        self._device = device
        self._nulls: dict[str, Language] = {null: parse(null).language for null in section.nulls}
        self._longest = min(
            model.config.text_config.max_position_embeddings, processor.tokenizer.model_max_length
        )
        self._read = lru_cache(maxsize=TEXTS_KEPT)(self._read_anew)
        self._last_still: tuple[Image, Vectors] | None = None

    def still_prompt(self, picture: "Image", prompt: str) -> float:
        """The lowest answer about the still, 0..1."""
        return min(_values(self.ask_still(picture, prompt)))

    def clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[float, float]:
        """The lowest answers about the clip: that it shows the prompt, that it keeps the still; 0..1."""
        *shown, kept = _values(self.ask_clip(frames, picture, prompt))
        return min(shown), kept

    def ask_still(self, picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Whether each subject is in the picture, and whether in the colour that is named."""
        seen = self._see_still(picture)
        return tuple(
            answer for words in self._named(prompt) for answer in self._ask_of_still(seen, words)
        )

    def ask_clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Whether each clause is shown, whether the stages come in their order, and last whether the
        worst frame still shows the picture."""
        pictures = sampled(frames, self._section.sampled_frames)
        seen = self.see(pictures)
        shown = self._shown(pictures) if self._section.view == "filmstrip" else seen
        asked = questions.read(prompt)
        clauses = [self._ask_of_clip(shown, words) for words in self._told(asked, prompt)]
        kept = float((seen @ self._see_still(picture).T).min())
        still = Answer(
            question=question_text.ask("keeps", asked.language),
            value=calibrate(kept, self._section.still_cosine),
            clause="",
            kind=MissKind.SUBJECT_REPLACED,
        )
        return (*clauses, *self._ask_order(frames, asked.stages, prompt), still)

    def ask_stages(self, frames: "Frames", stages: Sequence[Words]) -> tuple[Answer, ...]:
        """Whether each is shown, wherever in the clip."""
        shown = self._shown(sampled(frames, self._section.sampled_frames))
        return tuple(self._ask_of_clip(shown, words) for words in stages)

    def see(self, pictures: "Sequence[Image]") -> Vectors:
        """What the model makes of pictures."""
        import torch

        inputs = self._processor.image_processor(images=[*pictures], return_tensors="pt")
        with beside_others(self._device), torch.no_grad():
            output = self._model.get_image_features(inputs["pixel_values"].to(self._device))
            return _unit(output)

    def _named(self, prompt: str) -> list[Words]:
        """What is held against the still."""
        subjects = questions.read(prompt).subjects if self._section.reads == "clauses" else ()
        return [*subjects] or self._sentences(prompt)

    def _told(self, asked: questions.Asked, prompt: str) -> list[Words]:
        """What is held against the clip."""
        stages = asked.stages if self._section.reads == "clauses" else ()
        return [*stages] or self._sentences(prompt)

    def _sentences(self, prompt: str) -> list[Words]:
        found = told(prompt, self._fits)
        if self._section.reads == "passages":
            return questions.passages(prompt, found, self._fits)
        return found

    def _ask_of_still(self, seen: Vectors, words: Words) -> list[Answer]:
        """A subject that is there in another colour is there: its colour is a question of its own."""
        others = questions.recoloured(words.text, self._section.colours)
        stated, *swapped = (float(fit) for fit in self._fit(seen, [words.text, *others])[0])
        there = calibrate(max([stated, *swapped]), self._section.prompt_cosine)
        answers = [_answer("there", words, there, MissKind.SUBJECT_MISSING)]
        if swapped:
            as_said = against(stated - max(swapped), self._section.colour_margin)
            named = questions.colour_of(words.text), questions.coloured_thing(words.text)
            kind = MissKind.ATTRIBUTE_CONTRADICTED
            answers.append(_answer("coloured", words, as_said, kind, *named))
        return answers

    def _ask_of_clip(self, shown: Vectors, words: Words) -> Answer:
        value = calibrate(float(self._fit(shown, [words.text]).mean()), self._section.prompt_cosine)
        return _answer("happens", words, value, MissKind.ACTION_ABSENT)

    def _ask_order(self, frames: "Frames", stages: Sequence[Words], prompt: str) -> list[Answer]:
        """Whether no other order of the stages fits the parts of the clip better than the one told."""
        margin = self._section.order_margin
        if margin is None or not 2 <= len(stages) <= min(MOST_STAGES, len(frames) - 1):
            return []
        fits = np.stack([self._fits_part(part, stages) for part in parts(frames, len(stages))])
        told = float(fits.diagonal().mean())
        others = permutations(range(len(stages)))
        next(others)
        best = max(float(fits[range(len(stages)), order].mean()) for order in others)
        span = (stages[0].span[0], stages[-1].span[1])
        named = stages[0].text, stages[1].text
        value = against(told - best, margin)
        whole = Words(prompt[slice(*span)], span)
        return [_answer("before", whole, value, MissKind.WRONG_ORDER, *named)]

    def _fits_part(self, part: "Frames", stages: Sequence[Words]) -> Vectors:
        """How well each stage fits one part of the clip: (stages,)."""
        shown = self._shown(sampled(part, self._section.sampled_frames))
        return self._fit(shown, [stage.text for stage in stages]).mean(0)

    def _shown(self, pictures: "list[Image]") -> Vectors:
        return self.see([filmstrip(pictures)] if self._section.view == "filmstrip" else pictures)

    def _fit(self, seen: Vectors, texts: Sequence[str]) -> Vectors:
        """Cosines (pictures, texts); with null prompts, how many deviations of theirs above them.

        A picture fits some wordings better than others whatever they say. Prompts that have nothing
        to do with it tell how well strangers fit it, and put all prompts on one scale.
        """
        told = np.stack([self._read(text) for text in texts])
        cosines = seen @ told.T
        for column, text in enumerate(texts):
            nulls = nulls_for(text, self._nulls)
            if nulls:
                strangers = seen @ np.stack([self._read(null) for null in nulls]).T
                spread = strangers.std(1).clip(min=1e-6)
                cosines[:, column] = (cosines[:, column] - strangers.mean(1)) / spread
        return cosines

    def _see_still(self, picture: "Image") -> Vectors:
        """A still is judged before and after its render; it is looked at once. (1, width)."""
        last = self._last_still  # read once: another thread may look at another still
        if last is None or last[0] is not picture:
            last = self._last_still = (picture, self.see([picture]))
        return last[1]

    def _read_anew(self, text: str) -> Vectors:
        """A unit vector (width,)."""
        import torch

        inputs = self._processor.tokenizer(
            [text],
            padding="max_length",
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
        )
        with beside_others(self._device), torch.no_grad():
            output = self._model.get_text_features(**inputs.to(self._device))
            return _unit(output)[0]

    def _fits(self, text: str) -> bool:
        return len(self._processor.tokenizer(text, verbose=False)["input_ids"]) <= self._longest


def load(section: MatchSection, folder: Path, device: str) -> ClipScorer:
    """The scorer whose weights lie in `folder`.

    Raises `RenderFault`, fatal where the folder holds no model of this kind or an incomplete one.
    """
    # Pictures are of single precision, and weights may be kept in half.
    model, processor = load_whole(folder, "AutoModel", "float32", device, WANTED)
    if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
        what = f"is a {type(model).__name__}, which does not compare text and picture"
        raise refused(folder, what, WANTED)
    return ClipScorer(scorer_name(section, folder), section, model, processor, device)


def sentences(prompt: str, fits: Callable[[str], bool]) -> list[str]:
    """The sentences of a prompt; one that does not fit the scorer falls apart at its commas."""
    found: list[str] = []
    for sentence in _split(_SENTENCE_END, prompt):
        found += [sentence] if fits(sentence) else _split(_COMMA, sentence)
    return found or [prompt]


def told(prompt: str, fits: Callable[[str], bool]) -> list[Words]:
    """The same, each with its place in the prompt."""
    found: list[Words] = []
    start = 0
    for text in sentences(prompt, fits):
        start = prompt.index(text, start)
        found.append(Words(text, (start, start + len(text))))
        start += len(text)
    return found


def nulls_for(text: str, nulls: Mapping[str, Language]) -> tuple[str, ...]:
    """The null prompts of the text's own language; all of them where that has too few.

    `nulls` says the language of each.
    """
    language = parse(text).language if nulls else None
    alike = tuple(null for null, own in nulls.items() if own == language and null != text)
    return alike if len(alike) > 1 else tuple(null for null in nulls if null != text)


def calibrate(cosine: float, ends: tuple[float, float]) -> float:
    """A cosine as match 0..1, between the cosines that count as 0 and as 1; NaN stays NaN."""
    nothing, everything = ends
    return min(max((cosine - nothing) / (everything - nothing), 0.0), 1.0)


def against(lead: float, margin: float) -> float:
    """How surely nothing fits better, 0..1: 1 where the stated leads, 0 where another does by `margin`."""
    return min(max(1 + lead / margin, 0.0), 1.0)


def _answer(
    question: question_text.Question, words: Words, value: float, kind: MissKind, *named: str
) -> Answer:
    return Answer(
        question=question_text.ask(question, parse(words.text).language, *(named or (words.text,))),
        value=value,
        clause=words.text,
        span=words.span,
        kind=kind,
    )


def _values(answers: Sequence[Answer]) -> list[float]:
    return [answer.value for answer in answers if answer.value is not None]


def _split(mark: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in mark.split(text) if part.strip()]


def _unit(output: Any) -> Vectors:
    from torch.nn.functional import normalize

    return normalize(output.pooler_output, dim=-1).float().cpu().numpy()
