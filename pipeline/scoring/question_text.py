"""How questions read, in English and Chinese, for people and for models that answer questions."""

from collections.abc import Iterator
from typing import Literal

from pipeline.prompts.grammar.clauses import Language

Question = Literal["there", "coloured", "seen", "could_begin", "happens", "before", "keeps", "same"]

_ENGLISH: dict[Question, str] = {
    "there": "Does the picture show “{0}”?",
    "coloured": "Is “{1}” {0}, and of no other colour?",
    "seen": "Can “{0}” be seen in the picture?",
    "could_begin": "Could the next moment show “{0}”?",
    "happens": "Does the clip show “{0}”?",
    "before": "Does “{0}” come first, and “{1}” after it?",
    "keeps": "Does every frame still show the picture?",
    "same": "Is “{0}” the same in the last frame as in the first?",
}
_CHINESE: dict[Question, str] = {
    "there": "画面里有“{0}”吗？",
    "coloured": "“{1}”是{0}，而不是别的颜色吗？",
    "seen": "画面里看得见“{0}”吗？",
    "could_begin": "下一刻可能出现“{0}”吗？",
    "happens": "片段里出现“{0}”了吗？",
    "before": "是先“{0}”，后“{1}”吗？",
    "keeps": "每一帧都还是这张图吗？",
    "same": "最后一帧里的“{0}”和第一帧里的一样吗？",
}


def both() -> Iterator[tuple[str, str]]:
    """All questions, English and Chinese; `{0}` stands for words."""
    return ((_ENGLISH[each], _CHINESE[each]) for each in _ENGLISH)


def ask(question: Question, language: Language, *words: str) -> str:
    """The question about these words; in English where the language is neither."""
    return (_CHINESE if language == "zh" else _ENGLISH)[question].format(*words)
