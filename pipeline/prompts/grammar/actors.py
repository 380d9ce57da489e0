"""Tells from a name who acts on its own account: people, animals, vehicles; and whether it is he or she."""

import re
from itertools import zip_longest

from pipeline.prompts.grammar.clauses import is_han
from pipeline.prompts.grammar.lexicons import segmented
from pipeline.prompts.grammar.tokens import tokens
from pipeline.prompts.words import english
from pipeline.prompts.words.actors import (
    ACTORS,
    ACTORS_ZH,
    FEMALE,
    FEMALE_ZH,
    KIN,
    KIN_ZH,
    MALE,
    MALE_ZH,
)

_NAME_ZH = re.compile("|".join(sorted(ACTORS_ZH, key=len, reverse=True)))
_TRADES = (*"者员师匠", "教练", *(f"{first}手" for first in "车骑歌鼓水枪箭拳球琴选"))
"""What the names of those who do something for a living end in."""
_ACT = ACTORS_ZH + _TRADES
_DONE = re.compile("[\u3400-\u9fff]{1,2}[好完掉紧开起住碎断](?![的着])[\u3400-\u9fff]")
"""A verb with what comes of it, and a thing: 量好袖长."""
_WITH_A_TOOL = re.compile(
    "[用拿以][\u3400-\u9fff]{1,4}?[\u3400-\u9fff][平匀碎开净干紧断薄细圆直满透熟起下出成](?![的着])[\u3400-\u9fff]"
)
"""用刨子刨平木板: a tool, and what comes of it."""
_LOOKS = re.compile("身|面|头|脸|眼|长发|短发|气质|目光|神情|表情|一[袭头身脸]|[很十非更]")


def acts_alone(name: str) -> bool:
    """`a young chef with curly hair`, `a man and his dog`, 一位穿着红裙的女孩."""
    if is_han(name):
        return name.rstrip().endswith(_ACT)
    return any(head in ACTORS for head in _heads(name))


def _heads(name: str) -> list[str]:
    """The nouns that are named, without what is told of them after a preposition."""
    line = [token.text for token in tokens(name)]
    stops = (i for i, word in enumerate(line) if i and word in english.PREPOSITIONS)
    named = line[: next(stops, len(line))]
    return [word for word, after in zip_longest(named, named[1:]) if after in {"and", None}]


def begins_with_one(clause: str) -> bool:
    """木匠刨平木板: somebody, and words that may well be a verb that no list knows."""
    return bool(_past_its_name(clause))


def acts_unknown(clause: str) -> int:
    """Where what somebody does begins, by a word that no dictionary lists; 0 where none does."""
    named = _past_its_name(clause)
    word = next(iter(segmented(clause, (named, len(clause)))), None) if named else None
    fits = word is not None and (not word.known or word.tag.startswith("v"))
    fits = fits or bool(named and (_DONE.match(clause, named) or _WITH_A_TOOL.match(clause, named)))
    return named if fits and not _LOOKS.match(clause, named) else 0


def _past_its_name(clause: str) -> int:
    found = _NAME_ZH.match(clause)
    named = found.end() if found else 0
    return named if 0 < named < len(clause) - 1 and clause[named] not in "的和与、" else 0


def is_kin(name: str) -> bool:
    """A mother, a friend, 新娘."""
    if is_han(name):
        return name.endswith(KIN_ZH)
    return bool(set(re.findall(r"[a-z]+", name.lower())) & KIN)


def gender(name: str) -> str:
    """`f`, `m`, or nothing where the word does not say."""
    if is_han(name):
        return "f" if name.endswith(FEMALE_ZH) else "m" if name.endswith(MALE_ZH) else ""
    found = set(re.findall(r"[a-z]+", name.lower()))
    female, male = found & FEMALE, found & MALE
    return "" if bool(female) == bool(male) else "f" if female else "m"
