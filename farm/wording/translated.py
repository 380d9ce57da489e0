"""Sentences of the farm in the language of a page: known by their form, with the values that stand in them.

The farm keeps its sentences as it said them, in English, and those on prompts and questions in the prompt's
own language. One whose form is not known is shown as it was kept; what people wrote stays as they wrote it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from farm.wording import sentences
from pipeline.prompts import findings as of_prompts
from pipeline.scoring import question_text
from pipeline.stills import findings as of_stills

LONGEST = 600
"""Characters of a sentence that is looked for: all forms are tried while a page waits."""
_PROFILE = r"[\w.\-]+"
"""Of a profile's name, as a pattern."""
_FIELD = re.compile(r"{(\w+)[^}]*}")
_CUT = re.compile(r"“(.*?)” (was cut|is not shown)(?:, |$)", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence with places for values, and the same in the other language."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    other: str
    language: str
    """Of the other, `en` or `zh`: sentences within it are told in it too."""

    def told(self, sentence: str) -> str | None:
        found = self.pattern.fullmatch(sentence)
        if found is None:
            return None
        values = dict(zip(self.names, found.groups(), strict=True))
        return _FIELD.sub(lambda field: self._value(field[1], values[field[1]]), self.other)

    def _value(self, name: str, value: str) -> str:
        if name in _NESTED:
            return said(self.language, value)
        of = _VALUES.get(name)
        return of(value) if of else value


def said(language: str, sentence: str) -> str:
    """A sentence of the farm in the language of a page, `en` or `zh`."""
    if len(sentence) > LONGEST:
        return sentence
    return _in_chinese(sentence) if language == "zh" else _in_english(sentence)


def coverage(shows: str) -> str:
    """A coverage in Chinese: `1 / 2：“then it grows” 已删去`."""
    if shows.startswith("all: "):
        return "全部：未从提示词中读出动作"
    numbers, _, missing = shows.partition(": ")
    why = "，".join(
        f"“{text}”{'已删去' if how == 'was cut' else '没有出现'}"
        for text, how in _CUT.findall(missing)
    )
    count = numbers.replace(" of ", "/")
    return f"{count}：{why}" if why else count


def word(plain: str) -> str:
    """A verdict, a review or a failure class in Chinese, by its value or its English word."""
    return sentences.WORDS.get(plain.replace("_", " "), plain)


@lru_cache(4_096)
def _in_chinese(sentence: str) -> str:
    return _other(_forms(), sentence)


@lru_cache(4_096)
def _in_english(sentence: str) -> str:
    return _other(_backwards(), sentence) if _HAN.search(sentence) else sentence


def _other(forms: Iterable[_Form], sentence: str) -> str:
    return next((told for form in forms if (told := form.told(sentence)) is not None), sentence)


@cache
def _forms() -> tuple[_Form, ...]:
    own = (*sentences.MISSES, *sentences.WHYS, *sentences.FORECASTS)
    return tuple(_form(*pair, "zh") for pair in sorted([*own, *_both()], key=_open))


@cache
def _backwards() -> tuple[_Form, ...]:
    """Of what the farm says in the language of a prompt."""
    return tuple(_form(zh, en, "en") for en, zh in sorted(_both(), key=_open))


def _both() -> list[tuple[str, str]]:
    return [*of_prompts.both(), *of_stills.both(), *question_text.both()]


def _open(pair: tuple[str, str]) -> int:
    """Those with more words of their own come first: a looser form would take theirs."""
    return -len(_FIELD.sub("", pair[0]))


def _form(one: str, other: str, language: str) -> _Form:
    parts = _FIELD.split(one)
    names = tuple(parts[1::2])
    pattern = "".join(
        _group(part) if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    return _Form(re.compile(pattern, re.DOTALL), names, other, language)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


@cache
def _group(name: str) -> str:
    """What may stand in the place of a field, as a group.

    Within what repeats nothing may stand that can end in more than one way: it would be tried in all.
    """
    step = _step()
    shapes = {
        "frames": r"[\d, -]+",
        "review": _either(sentences.WORDS),
        "verdict": _either(sentences.WORDS),
        "profile": _PROFILE,
        "who": r"[^:]+?",
        "level": r"L\d",
        "steps": rf"(?:{step})(?:[;,] (?:{step}))*",
        "shows": r"all: nothing that happens (?:is named|was read in the prompt)|\d+ of \d+(?:: .+)?",
        "span": r"(?:about )?[\d., a-z]+",
        "unit": r"[a-z]+",
        "unit2": r"[a-z]+",
    }
    return f"({shapes.get(name) or _plain(name)})"


@cache
def _step() -> str:
    """What a rung changes, as a pattern."""
    return "|".join(
        _FIELD.sub(lambda field: _inner(field[1]), re.sub(r"[()]", r"\\\g<0>", english))
        for english, _ in sentences.STEPS
    )


def _inner(name: str) -> str:
    return {"profile": _PROFILE, "level": r"L\d"}.get(name) or _plain(name)


def _plain(name: str) -> str:
    return r"-?\d[\d.,]*(?:e[-+]?\d+)?%?" if re.fullmatch(r"n\d?", name) else r".+?"


def _unit(value: str) -> str:
    return sentences.UNITS.get(value, value)


def _label(value: str) -> str:
    part, of, word = value.rpartition(" of the must-keep word ")
    named = value.removeprefix("the must-keep word ")
    told = f"必留词{word}里的{part}" if of else f"{'' if named == value else '必留词'}{named}"
    return re.sub("‘(.*?)’(?=$|里的)", r"“\1”", told)


def _listed(value: str) -> str:
    return "、".join(sentences.FIELDS.get(each, each) for each in value.split(", "))


def _changes(value: str) -> str:
    """`seed 7 → 8; still a → b`, whose values are as they were."""
    told = _either(sentences.FIELDS)
    return re.sub(
        rf"(^|; )({told})(?= )",
        lambda at: ("；" if at[1] else "") + sentences.FIELDS[at[2]],
        value,
    )


@cache
def _small(which: str) -> tuple[_Form, ...]:
    return tuple(_form(one, other, "zh") for one, other in getattr(sentences, which))


def _steps(value: str) -> str:
    forms, ends = _small("STEPS"), {";": "；", ",": "，", None: ""}
    return re.sub(
        rf"({_step()})(?:([;,]) |$)",
        lambda found: _other(forms, found[1]) + ends[found[2]],
        value,
    )


def _span(value: str) -> str:
    return _other(_small("SPANS"), value)


_NESTED = frozenset(
    ("said", "what", "remedy", "side", "sides", "other", "where", "measured", "subject")
)
"""Values that are sentences of the farm themselves, whatever they quote."""
_VALUES: dict[str, Callable[[str], str]] = {
    "review": word,
    "verdict": word,
    "steps": _steps,
    "shows": coverage,
    "span": _span,
    "unit": _unit,
    "unit2": _unit,
    "fields": _listed,
    "label": _label,
    "changes": _changes,
}
"""What becomes of values that are words of the farm; all others stay."""
