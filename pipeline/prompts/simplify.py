"""Makes a prompt simpler, one named rule at a time; it only ever removes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.prompts import rules
from pipeline.prompts.cutting import fitted, untidy
from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar.clauses import Kind, Span
from pipeline.prompts.grammar.negations import negation, unwanted
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse

_MEANT = re.compile(r"(?<![^\W_])(?!(?:and|then|but|or|然后)(?![^\W_]))[^\W_]", re.IGNORECASE)

_LIMITED = {rules.limit.__name__, rules.notation.__name__, "tidy"}

Level = Literal["L0", "L1", "L2", "L3"]

_RULES: dict[Level, tuple[rules.Rule, ...]] = {
    "L0": (),
    "L1": (rules.notation, rules.abstract_clause, rules.abstract_words, rules.static_clause),
    "L2": (
        rules.limit,
        rules.scene_change,
        rules.second_camera_move,
        rules.background,
        rules.strangers_action,
    ),
    "L3": (rules.core_action, rules.subject_details),
}


@dataclass(frozen=True, slots=True)
class Removal:
    """One piece that a rule cut: `start` and `end` are character positions in the original prompt."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Simplified:
    text: str
    removals: tuple[Removal, ...]
    """In the order of the prompt; the prompt without them is `text`."""
    negative: str = ""
    """What rule `limit` cut without the negation, and `--no`: it belongs in the negative prompt."""


def simplify(prompt: str | ParsedPrompt, level: Level, must_keep: Sequence[str] = ()) -> Simplified:
    """Cuts a prompt down to a level; English and Chinese only, any other language stays as it is.

    L0 keeps it as written. L1 drops notation of other tools, praise, mood and what the still shows
    already. L2 keeps the subject, its actions in order and one camera move. L3 keeps the subject and
    one action. A word of `must_keep` that the prompt has stays, and a prompt never becomes empty.
    """
    return _drafted(parse(prompt), level, must_keep).simplified()


def at_level(prompt: ParsedPrompt, level: Level, must_keep: Sequence[str] = ()) -> ParsedPrompt:
    """The text that `simplify` makes, parsed, and not a word on what was cut."""
    return _drafted(prompt, level, must_keep).prompt


def each_level(
    prompt: str | ParsedPrompt, must_keep: Sequence[str] = ()
) -> Iterator[tuple[Level, Simplified]]:
    """The prompt at each level from L0 on, every one made of the one before."""
    draft = _Draft(parse(prompt), must_keep)
    for name in _RULES:
        draft.cut_down_to(name)
        yield name, draft.simplified()


def _drafted(prompt: ParsedPrompt, level: Level, must_keep: Sequence[str]) -> "_Draft":
    draft = _Draft(prompt, must_keep)
    for name in _levels_up_to(level):
        draft.cut_down_to(name)
    return draft


def _levels_up_to(level: Level) -> list[Level]:
    names: list[Level] = list(_RULES)
    return names[: names.index(level) + 1]


class _Draft:
    """A prompt that gets shorter and knows where each of its characters stood."""

    def __init__(self, prompt: ParsedPrompt, must_keep: Sequence[str]) -> None:
        self._first = prompt
        self.prompt = prompt
        self._places = list(range(len(prompt.written)))
        self._locked = [word for word in must_keep if word.strip()]
        self._locked_plain = list(map(lexicons.simplified, self._locked))
        self._steps: list[rules.Rule] = []
        self._cuts: dict[int, str] = {}
        self._done: dict[rules.Rule, str] = {}

    def cut_down_to(self, level: Level) -> None:
        """Applies the rules of the levels so far until nothing changes: simplifying twice is once."""
        self._steps += _RULES[level]
        changed = self._first.is_readable
        while changed:
            changed = sum(self._apply(step) for step in self._steps) > 0

    def simplified(self) -> Simplified:
        return Simplified(self.prompt.written, tuple(self._removals()), self._negative())

    def _apply(self, rule: rules.Rule) -> bool:
        """Cuts what the rule names and tidies up after it; says whether anything changed."""
        text = self.prompt.written
        if self._done.get(rule) == text:
            return False
        if not self._cut(rule.__name__, rule(self.prompt, self._locked_plain)):
            self._done[rule] = text
            return False
        while any(self._cut("tidy", spans) for spans in self._untidy()):
            pass
        return True

    def _untidy(self) -> Iterator[list[Span]]:
        return untidy(lexicons.simplified(self.prompt.written))

    def _cut(self, rule: str, spans: list[Span]) -> bool:
        """Cuts each span that may go; says whether one did."""
        if not spans:
            return False
        text = before = self.prompt.written
        for span in reversed(_united(spans)):
            fit = fitted(text, span)
            rest = text[: fit[0]] + text[fit[1] :] if fit else text
            if fit and rest != text and self._may_become(rest, text):
                self._cuts |= dict.fromkeys(self._places[slice(*fit)], rule)
                self._places[slice(*fit)] = []
                text = rest
        self.prompt = self.prompt.rewritten(text)
        return text != before

    def _may_become(self, rest: str, text: str) -> bool:
        return _says_something(lexicons.simplified(rest)) and self._keeps_locked(rest, text)

    def _keeps_locked(self, rest: str, text: str) -> bool:
        return all(
            after >= before
            for word in self._locked
            for after, before in zip(_presence(word, rest), _presence(word, text), strict=True)
        )

    def _removals(self) -> Iterator[Removal]:
        runs: list[tuple[str, int, int]] = []
        for at, rule in sorted(self._cuts.items()):
            if runs and runs[-1][0] == rule and runs[-1][2] == at:
                runs[-1] = (rule, runs[-1][1], at + 1)
            else:
                runs.append((rule, at, at + 1))
        for rule, start, end in runs:
            yield Removal(rule, start, end, self._first.written[start:end])

    def _negative(self) -> str:
        if not self._cuts:
            return ""
        first = self._first
        gone = [first.written[slice(*span)].strip(" ,;.，；。") for span in self._options()]
        for clause in first.clauses:
            at = negation(first.text, (clause.body, clause.end))
            if clause.kind is Kind.LIMIT and at is not None and self._is_limit(at, clause.end):
                span = slice(at, clause.end)
                gone.append(unwanted(first.text[span], first.unmarked[span]))
        return ", ".join(filter(None, gone))

    def _options(self) -> Iterator[Span]:
        """The words of each `--no` that was cut whole."""
        for each in self._first.notation:
            if each.unwanted and set(range(*each.unwanted)) <= self._cuts.keys():
                yield each.unwanted

    def _is_limit(self, start: int, end: int) -> bool:
        """Whether rule `limit` cut it, beside the notation in it that went before."""
        named = {self._cuts.get(at) for at in range(start, end)}
        return rules.limit.__name__ in named and named <= _LIMITED


def _united(spans: list[Span]) -> list[Span]:
    """The spans in order, overlapping ones made one."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            first, last = united.pop()
            start, end = first, max(end, last)
        united.append((start, end))
    return united


def _says_something(text: str) -> bool:
    """Whether a word is left that does more than join."""
    return bool(_MEANT.search(text))


def _presence(word: str, text: str) -> tuple[bool, bool, bool]:
    """Whether the word is there as written, in any case, and not merely inside a longer word."""
    alone = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
    return word in text, word.casefold() in text.casefold(), alone
