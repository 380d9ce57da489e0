"""Lets a local language model propose a simpler prompt, and throws away what does more than cut."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Protocol

from pipeline.errors import Cause, RenderFault
from pipeline.models.folders import first_line
from pipeline.prompts.grammar.clauses import HAN, quoted
from pipeline.prompts.grammar.lexicons import classes
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.prompts.simplify import Level, Removal, Simplified, each_level, simplify

RULE = "language_model"
LONGEST = 512
"""Tokens of a proposal; no prompt worth rendering is longer."""

_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:['’.,-][^\W_{HAN}]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CAPITALS = re.compile(r"(?<![.!?。！？]\s)(?<!^)\b[A-Z][\w-]*|\b[A-Z]{2,}[\w-]*")
_ASK = {
    "L1": "Remove praise, mood and everything the start picture already shows.",
    "L2": "Keep only who acts, the actions in their order, and one camera move.",
    "L3": "Keep only who acts and the one action that matters most.",
}
_RULES = (
    "You shorten prompts for image-to-video. Only delete words. Never add, replace, translate or move one. "
    "Keep names of brands and numbers. Answer with the shortened prompt alone, in its own language."
)


class Proposer(Protocol):
    """Who proposes a simpler prompt."""

    def propose(self, prompt: str, level: Level) -> str:
        """A proposal, good or bad; whatever it is, `refusal` decides."""
        ...


class LanguageModel:
    """A chat model of transformers, asked greedily: the same prompt gets the same proposal."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer

    def propose(self, prompt: str, level: Level) -> str:
        import torch

        asked = [
            {"role": "system", "content": _RULES},
            {"role": "user", "content": f"{_ASK[level]}\n\n{prompt}"},
        ]
        inputs = self._tokenizer.apply_chat_template(
            asked, add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(self._model.device)
        with torch.inference_mode():
            answer = self._model.generate(**inputs, max_new_tokens=LONGEST, do_sample=False)
        new = answer[0, inputs["input_ids"].shape[1] :]
        return self._tokenizer.decode(new, skip_special_tokens=True).strip()


def load(folder: Path, device: str = "cpu") -> LanguageModel:
    """The model in a folder of the transformers layout; safetensors only.

    Raises `RenderFault` (fatal) with a sentence that names the folder.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        model: Any = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True)
        return LanguageModel(model.to(device).eval(), AutoTokenizer.from_pretrained(folder))
    except (OSError, ValueError, KeyError) as error:
        raise RenderFault(
            Cause.FATAL,
            f"{folder} holds no language model that transformers can load ({first_line(error)}); "
            "name another with FARM_PROPOSER, or leave it empty for the rules alone",
        ) from error


def each_level_with(
    proposer: Proposer | None, prompt: ParsedPrompt, must_keep: Sequence[str] = ()
) -> Iterator[tuple[Level, Simplified]]:
    """Each level from L0 on: what the model proposes where it only cuts and keeps what must stay, else
    what the rules make."""
    for level, by_rules in each_level(prompt, must_keep):
        yield level, _with_proposal(proposer, prompt.written, level, by_rules, must_keep)


def _with_proposal(
    proposer: Proposer | None,
    prompt: str,
    level: Level,
    by_rules: Simplified,
    must_keep: Sequence[str],
) -> Simplified:
    if proposer is None or not prompt.strip() or level == "L0":
        return by_rules
    proposal = proposer.propose(prompt, level)
    if refusal(prompt, proposal, must_keep):
        return by_rules
    return Simplified(proposal, tuple(_removals(prompt, proposal)), by_rules.negative)


def refusal(prompt: str, proposal: str, must_keep: Sequence[str] = ()) -> str:
    """Why a proposal is thrown away, in a sentence; empty where it may stand."""
    if not _WORD.search(proposal):
        return "it says nothing"
    words, said = _WORD.findall(prompt), _WORD.findall(proposal)
    strange = [word for word in said if word not in words]
    if strange:
        return f"it has words of its own: {', '.join(dict.fromkeys(strange))}"
    if not _is_subsequence(said, words):
        return "it changes the order of the words, or says one more often"
    kept = simplify(prompt, "L1", must_keep).text
    for what, find in (("number", _numbers), ("brand", _brands)):
        lost = [each for each in find(kept) if each not in find(proposal)]
        if lost:
            return f"it loses the {what} {lost[0]}"
    lost = [word for word in must_keep if word in prompt and word not in proposal]
    return f"it loses {lost[0]}, which must be kept" if lost else ""


def _is_subsequence(said: list[str], words: list[str]) -> bool:
    rest = iter(words)
    return all(word in rest for word in said)


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _brands(text: str) -> list[str]:
    """What stands in quotes, and capitalised words that no dictionary lists."""
    in_quotes = [text[start + 1 : end - 1] for start, end in quoted(text)]
    capitals = [word for word in _CAPITALS.findall(text) if not classes(word.lower())]
    return in_quotes + (capitals if parse(text).is_readable else [])


def _removals(prompt: str, proposal: str) -> Iterator[Removal]:
    for tag, start, end, _, _ in SequenceMatcher(
        None, prompt, proposal, autojunk=False
    ).get_opcodes():
        if tag in {"delete", "replace"}:
            yield Removal(RULE, start, end, prompt[start:end])
