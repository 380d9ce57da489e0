"""Makes a prompt simpler, one named rule at a time; it only ever removes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.prompts import rules
from pipeline.prompts.cutting import fitted, untidy
from pipeline.prompts.grammar import lexicons
from pipeline.prompts.grammar import notation as notations
from pipeline.prompts.grammar.clauses import Kind, Span
from pipeline.prompts.grammar.languages import is_readable
from pipeline.prompts.grammar.negations import negation, unwanted
from pipeline.prompts.grammar.plain import plain
from pipeline.prompts.grammar.prompt import read_prompt

_MEANT = re.compile(r"(?<![^\W_])(?!(?:and|then|but|or|然后)(?![^\W_]))[^\W_]", re.IGNORECASE)

_LIMITED = {rules.limit.__name__, rules.notation.__name__, "tidy"}

Level = Literal["L0", "L1", "L2", "L3"]

_RULES: dict[Level, tuple[rules.Rule, ...]] = {
    "L0": (),
    "L1": (rules.notation, rules.abstract_clause, rules.abstract_words, rules.static_clause),
    "L2": (rules.limit, rules.scene_change, rules.second_camera_move, rules.background),
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


def simplify(prompt: str, level: Level, must_keep: Sequence[str] = ()) -> Simplified:
    """Cuts a prompt down to a level; English and Chinese only, any other language stays as it is.

    L0 keeps it as written. L1 drops notation of other tools, praise, mood and what the still shows
    already. L2 keeps the subject, its actions in order and one camera move. L3 keeps the subject and
    one action. A word of `must_keep` that the prompt has stays, and a prompt never becomes empty.
    """
    draft = _Draft(prompt, must_keep)
    if not is_readable(prompt):
        return Simplified(prompt, ())
    steps: list[rules.Rule] = []
    for name in _levels_up_to(level):
        steps += _RULES[name]
        draft.apply_until_nothing_changes(steps)
    return Simplified(draft.text, draft.removals(prompt), draft.negative(prompt))


def _levels_up_to(level: Level) -> list[Level]:
    names: list[Level] = list(_RULES)
    return names[: names.index(level) + 1]


class _Draft:
    """A text that gets shorter and knows where each of its characters stood."""

    def __init__(self, prompt: str, must_keep: Sequence[str]) -> None:
        self.text = prompt
        self.places = list(range(len(prompt)))
        self.locked = [word for word in must_keep if word.strip()]
        self.locked_plain = list(map(lexicons.simplified, self.locked))
        self.cuts: dict[int, str] = {}
        self.done: dict[rules.Rule, str] = {}

    def apply_until_nothing_changes(self, steps: Sequence[rules.Rule]) -> None:
        """So that simplifying twice is simplifying once."""
        changed = True
        while changed:
            changed = sum(self._apply(step) for step in steps) > 0

    def _apply(self, rule: rules.Rule) -> bool:
        """Cuts what the rule names and tidies up after it; says whether anything changed."""
        if self.done.get(rule) == self.text:
            return False
        read = self.text if rule is rules.notation else plain(self.text)
        if not self._cut(rule.__name__, rule(read, self.locked_plain)):
            self.done[rule] = self.text
            return False
        while any(self._cut("tidy", spans) for spans in untidy(lexicons.simplified(self.text))):
            pass
        return True

    def _cut(self, rule: str, spans: list[Span]) -> bool:
        changed = False
        for span in reversed(_united(spans)):
            fit = fitted(self.text, span)
            if fit is None:
                continue
            start, end = fit
            rest = self.text[:start] + self.text[end:]
            if (
                start < end
                and _says_something(lexicons.simplified(rest))
                and self._keeps_locked(rest)
            ):
                self.cuts |= dict.fromkeys(self.places[start:end], rule)
                self.text, self.places[start:end] = rest, []
                changed = True
        return changed

    def _keeps_locked(self, rest: str) -> bool:
        return all(
            after >= before
            for word in self.locked
            for after, before in zip(_presence(word, rest), _presence(word, self.text), strict=True)
        )

    def removals(self, prompt: str) -> tuple[Removal, ...]:
        runs: list[tuple[str, int, int]] = []
        for at, rule in sorted(self.cuts.items()):
            if runs and runs[-1][0] == rule and runs[-1][2] == at:
                runs[-1] = (rule, runs[-1][1], at + 1)
            else:
                runs.append((rule, at, at + 1))
        return tuple(Removal(rule, start, end, prompt[start:end]) for rule, start, end in runs)

    def negative(self, prompt: str) -> str:
        if not self.cuts:
            return ""
        read, own = read_prompt(prompt), notations.blanked(prompt)
        gone = [prompt[slice(*span)].strip(" ,;.，；。") for span in self._options(prompt)]
        for clause in read.clauses:
            at = negation(read.text, (clause.body, clause.end))
            if clause.kind is Kind.LIMIT and at is not None and self._is_limit(at, clause.end):
                gone.append(unwanted(read.text[at : clause.end], own[at : clause.end]))
        return ", ".join(filter(None, gone))

    def _options(self, prompt: str) -> Iterator[Span]:
        """The words of each `--no` that was cut whole."""
        for each in notations.find(prompt):
            if each.unwanted and set(range(*each.unwanted)) <= self.cuts.keys():
                yield each.unwanted

    def _is_limit(self, start: int, end: int) -> bool:
        """Whether rule `limit` cut it, beside the notation in it that went before."""
        named = {self.cuts.get(at) for at in range(start, end)}
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
