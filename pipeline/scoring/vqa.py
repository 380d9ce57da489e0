"""Asks a model that answers questions about pictures: any `AutoModelForImageTextToText`.

An answer is how much likelier the model's next word is a yes than a no. Some models say yes to
anything: of two stages both orders are asked for, and who says yes to both is not believed.
"""

import inspect
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.misses import Answer, MissKind
from pipeline.models.device import beside_others, has_bfloat16
from pipeline.models.pretrained import load_whole, refused
from pipeline.profiles.match_section import MatchSection
from pipeline.prompts.grammar.clauses import Language
from pipeline.prompts.grammar.prompt import parse
from pipeline.scoring import question_text, questions
from pipeline.scoring.protocol import CannotJudge, scorer_name
from pipeline.scoring.questions import Words
from pipeline.scoring.sampling import sampled

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

WANTED = "a model that transformers loads as AutoModelForImageTextToText"
YES = ("yes", "Yes", "YES", "是", "有", "会", "能", "可以")
NO = ("no", "No", "NO", "不", "否", "没有", "不是", "不会", "不能", "没")
_IMPOSSIBLE = MissKind.ACTION_IMPOSSIBLE
_REPLACED = MissKind.SUBJECT_REPLACED
_BRIEFLY: dict[Language, str] = {"en": "Answer yes or no.", "zh": "请回答“是”或“否”。"}
_OF_A_CLIP: dict[Language, str] = {
    "en": "These are frames of one clip, in their order.",
    "zh": "这些是同一个片段里按顺序排列的画面。",
}


class Witness(Protocol):
    """Who looks at pictures and says yes or no."""

    name: str

    def lean(self, pictures: "Sequence[Image]", question: str) -> float:
        """How much likelier yes is than no: the difference of their log probabilities."""
        ...


class VqaScorer:
    """Asks a witness what the prompt lets it ask."""

    def __init__(self, witness: Witness, frames: int) -> None:
        self.name = witness.name
        self._witness = witness
        self._frames = frames

    def ask_still(self, picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Who is there and in which colour, what the first action needs, and whether it can begin."""
        read = parse(prompt)
        asked = questions.read(read)
        pictures = [picture]
        answers = [
            answer
            for words in _subjects(asked, prompt)
            for answer in self._ask_of_subject(pictures, words, asked.language)
        ]
        for words in questions.needed(read):
            answers.append(self._ask(pictures, asked.language, "seen", words, _IMPOSSIBLE))
        if asked.stages:
            first = asked.stages[0]
            answers.append(self._ask(pictures, asked.language, "could_begin", first, _IMPOSSIBLE))
        return tuple(answers)

    def ask_clip(self, frames: "Frames", picture: "Image", prompt: str) -> tuple[Answer, ...]:
        """Whether each stage happens, in their order where that can be told, and whether the subjects stay
        themselves.

        Raises `CannotJudge` where it says yes to both orders of two stages.
        """
        asked = questions.read(prompt)
        pictures = sampled(frames, self._frames)
        stages = asked.stages or (Words(prompt, (0, len(prompt))),)
        happens = [
            self._ask(pictures, asked.language, "happens", stage, MissKind.ACTION_ABSENT)
            for stage in stages
        ]
        same = [
            self._ask([picture, pictures[-1]], asked.language, "same", words, _REPLACED)
            for words in _subjects(asked, prompt)
        ]
        answers = (*happens, *same)
        pairs = questions.in_order(asked.stages)
        return (*answers, *(self._order(pictures, asked.language, pair, answers) for pair in pairs))

    def ask_stages(self, frames: "Frames", stages: Sequence[Words]) -> tuple[Answer, ...]:
        """Whether each happens, wherever in the clip."""
        pictures = sampled(frames, self._frames)
        return tuple(
            self._ask(
                pictures, parse(words.text).language, "happens", words, MissKind.ACTION_ABSENT
            )
            for words in stages
        )

    def _ask_of_subject(
        self, pictures: "Sequence[Image]", words: Words, language: Language
    ) -> list[Answer]:
        plain = Words(questions.colourless(words.text), words.span)
        answers = [self._ask(pictures, language, "there", plain, MissKind.SUBJECT_MISSING)]
        colour = questions.colour_of(words.text)
        if colour:
            kind = MissKind.ATTRIBUTE_CONTRADICTED
            named = colour, questions.coloured_thing(words.text)
            answers.append(self._ask(pictures, language, "coloured", words, kind, *named))
        return answers

    def _order(
        self,
        pictures: "Sequence[Image]",
        language: Language,
        pair: tuple[Words, Words],
        answers: tuple[Answer, ...],
    ) -> Answer:
        """Whether one stage comes before the next, with the reversed order as the control."""
        first, second = pair
        whole = Words(f"{first.text} → {second.text}", (first.span[0], second.span[1]))
        told, control = (
            self._ask(pictures, language, "before", whole, MissKind.WRONG_ORDER, a.text, b.text)
            for a, b in (pair, pair[::-1])
        )
        if min(_value(told), _value(control)) > 0.5:
            unbelieved = tuple(_unjudged(each) for each in (*answers, told, control))
            note = (
                f"the scorer says yes to both orders of “{first.text}” and “{second.text}”: "
                "its answers on this clip do not count"
            )
            raise CannotJudge(note, unbelieved)
        return told

    def _ask(
        self,
        pictures: "Sequence[Image]",
        language: Language,
        question: question_text.Question,
        words: Words,
        kind: MissKind,
        *named: str,
    ) -> Answer:
        asked = question_text.ask(question, language, *(named or (words.text,)))
        told = [_OF_A_CLIP.get(language, _OF_A_CLIP["en"])] if len(pictures) > 1 else []
        briefly = _BRIEFLY.get(language, _BRIEFLY["en"])
        lean = self._witness.lean(pictures, " ".join([*told, asked, briefly]))
        return Answer(
            question=asked, value=_sure(lean), clause=words.text, span=words.span, kind=kind
        )


class VisionLanguageModel:
    """A model of transformers as a witness."""

    def __init__(self, name: str, model: Any, processor: Any, device: str) -> None:
        self.name = name
        self._model, self._processor, self._device = model, processor, device
        self._yes, self._no = (one_token(processor.tokenizer, words) for words in (YES, NO))
        named = inspect.signature(model.forward).parameters
        # Of all words of a question their logits would take a gigabyte.
        self._wanted = {"logits_to_keep": 1} if "logits_to_keep" in named else {}

    def lean(self, pictures: "Sequence[Image]", question: str) -> float:
        """From the logits of the next token; the sum over all spellings of yes, and of no."""
        import torch

        content = [{"type": "image"} for _ in pictures] + [{"type": "text", "text": question}]
        text = self._processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True
        )
        inputs = self._processor(text=[text], images=[*pictures], return_tensors="pt")
        with beside_others(self._device), torch.inference_mode():
            inputs = inputs.to(self._device, self._model.dtype)
            logits = self._model(**inputs, **self._wanted).logits[0, -1].float()
            return float(logits[self._yes].logsumexp(0) - logits[self._no].logsumexp(0))


def load(section: MatchSection, folder: Path, device: str) -> VqaScorer:
    """The scorer whose weights lie in `folder`, in the precision that they are kept in; on a CPU that only
    imitates half precision, in full.

    Raises `RenderFault`, fatal where the folder holds no model of this kind or an incomplete one.
    """
    dtype = "auto" if has_bfloat16(device) else "float32"
    model, processor = load_whole(folder, "AutoModelForImageTextToText", dtype, device, WANTED)
    if not getattr(processor, "chat_template", None):
        raise refused(folder, "has no chat template, so nothing can be asked", WANTED)
    if not (one_token(processor.tokenizer, YES) and one_token(processor.tokenizer, NO)):
        raise refused(folder, "knows no word for yes or for no", WANTED)
    witness = VisionLanguageModel(scorer_name(section, folder), model, processor, device)
    return VqaScorer(witness, section.sampled_frames)


def one_token(tokenizer: Any, words: Sequence[str]) -> list[int]:
    """The tokens that are one of the words, with or without the space before it."""
    found: set[int] = set()
    for text in (form for word in words for form in (word, f" {word}")):
        tokens = tokenizer.encode(text, add_special_tokens=False)
        if len(tokens) == 1 and tokens[0] != tokenizer.unk_token_id:
            found.add(tokens[0])
    return sorted(found)


def _subjects(asked: questions.Asked, prompt: str) -> tuple[Words, ...]:
    """Who is named; the whole prompt where nobody is."""
    return asked.subjects or (Words(prompt, (0, len(prompt))),)


def _sure(lean: float) -> float:
    """The probability of yes, where only yes and no are left to say; NaN stays NaN."""
    return 1 / (1 + math.exp(-min(max(lean, -60.0), 60.0))) if not math.isnan(lean) else lean


def _value(answer: Answer) -> float:
    return math.nan if answer.value is None else answer.value


def _unjudged(answer: Answer) -> Answer:
    return replace(answer, value=None)
