"""What the lint says about a prompt: each code with its severity and its sentence in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.findings import Severity
from pipeline.prompts.grammar.clauses import Language
from pipeline.prompts.grammar.notation import Way
from pipeline.prompts.placeholders import Sort


class Code(StrEnum):
    """The findings on prompts; their names are stable."""

    EMPTY = "prompt.empty"
    PLACEHOLDER = "prompt.placeholder"
    NOTATION = "prompt.notation"
    HTML = "prompt.html"
    NO_SUBJECT = "prompt.no_subject"
    NO_ACTION = "prompt.no_action"
    SUBJECT_LATE = "prompt.subject_late"
    ABSTRACT = "prompt.abstract"
    STATIC = "prompt.static"
    TWO_SUBJECTS = "prompt.two_subjects"
    TOO_MANY_ACTIONS = "prompt.too_many_actions"
    SCENE_CHANGE = "prompt.scene_change"
    NEGATION = "prompt.negation"
    CAMERA_ONLY = "prompt.camera_only"
    TOO_LONG = "prompt.too_long"
    LANGUAGE = "prompt.language"


@dataclass(frozen=True, slots=True)
class _Advice:
    severity: Severity
    english: str
    chinese: str


ADVICE = {
    Code.EMPTY: _Advice(
        Severity.ERROR,
        "The prompt has no words: write who does what.",
        "提示词里没有文字：请写明谁在做什么。",
    ),
    Code.PLACEHOLDER: _Advice(
        Severity.ERROR,
        "“{words}” is {what}, not a prompt: {remedy}.",
        "“{words}”是{what}，不是提示词：请{remedy}。",
    ),
    Code.NOTATION: _Advice(
        Severity.WARNING,
        "“{words}” is notation of other tools, and this model reads it as words: {remedy}.",
        "“{words}”是其他工具的写法，这个模型会当成文字来读：请{remedy}。",
    ),
    Code.HTML: _Advice(
        Severity.WARNING,
        "“{words}” is HTML, and is read here as words: write the text without it.",
        "“{words}”是网页代码，在这里会当成文字来读：请改写成不带代码的文字。",
    ),
    Code.NO_SUBJECT: _Advice(
        Severity.WARNING,
        "Nobody is named who acts: say who or what moves, as it is seen in the picture.",
        "没有写明谁在动：请写出画面里的主体。",
    ),
    Code.NO_ACTION: _Advice(
        Severity.ERROR,
        "Nothing happens here: say what {subject} does, with a verb that a camera can see.",
        "这里没有动作：请用看得见的动词写出{subject}做什么。",
    ),
    Code.SUBJECT_LATE: _Advice(
        Severity.INFO,
        "Begin with “{subject}”: who acts comes first, everything else after it.",
        "请以“{subject}”开头：先写主体，其余放在后面。",
    ),
    Code.ABSTRACT: _Advice(
        Severity.WARNING,
        "No camera sees “{words}”: leave it out, or say what is seen instead.",
        "“{words}”是镜头拍不到的：请删去，或改写成看得见的画面。",
    ),
    Code.STATIC: _Advice(
        Severity.INFO,
        "The still shows this already: leave it out and keep what moves.",
        "首帧图片里已经有这些：请删去静态描述，只写会动的部分。",
    ),
    Code.TWO_SUBJECTS: _Advice(
        Severity.WARNING,
        "“{subject}” and “{other}” act apart from each other: keep one of them, or make two shots.",
        "“{subject}”和“{other}”各做各的：请只留一个，或拆成两个镜头。",
    ),
    Code.TOO_MANY_ACTIONS: _Advice(
        Severity.WARNING,
        "{count} actions do not fit into {seconds} s: keep about {limit}, or split the shot.",
        "{seconds}秒内放不下{count}个动作：请保留约{limit}个，或拆成多个镜头。",
    ),
    Code.SCENE_CHANGE: _Advice(
        Severity.ERROR,
        "A shot stays in one place: make “{words}” a shot of its own.",
        "一个镜头只能有一个场景：请把“{words}”另写成一个镜头。",
    ),
    Code.NEGATION: _Advice(
        Severity.WARNING,
        "A model shows what it reads, even after a “no”: put “{words}” into the negative prompt.",
        "模型会画出它读到的东西，哪怕前面有“不”：请把“{words}”写进反向提示词。",
    ),
    Code.CAMERA_ONLY: _Advice(
        Severity.WARNING,
        "Only the camera moves: say what happens in front of it, too.",
        "只有镜头在动：请也写出镜头前发生什么。",
    ),
    Code.TOO_LONG: _Advice(
        Severity.WARNING,
        "{count} words are too many: keep to {limit}, or the model loses the action among them.",
        "共{count}字，太长了：请控制在{limit}字以内，否则动作会被淹没。",
    ),
    Code.LANGUAGE: _Advice(
        Severity.INFO,
        "Only English and Chinese are checked: this prompt is passed on as it is.",
        "只检查中文和英文：这条提示词会原样使用。",
    ),
}
_WHAT = {
    Sort.WORD: ("a placeholder", "占位内容"),
    Sort.ERROR: ("an error of a spreadsheet", "表格的错误值"),
    Sort.FORMULA: ("a formula", "公式"),
    Sort.GAP: ("a gap in a template", "模板里没填的空"),
    Sort.ADDRESS: ("an address", "链接或文件名"),
}
_INSTEAD: dict[str, tuple[str, str]] = {
    Sort.WORD: ("write who does what", "写明谁在做什么"),
    Sort.ERROR: ("mend that cell and hand the list in again", "改好这个单元格再提交"),
    Sort.FORMULA: ("put the text that it makes into the cell", "把公式换成它的文字结果"),
    Sort.GAP: ("fill it in with who does what", "填上谁在做什么"),
    Sort.ADDRESS: ("write here who does what", "直接写明谁在做什么"),
    Way.WEIGHT: ("write “{kept}” alone", "只写“{kept}”"),
    Way.CHOICE: ("choose one, such as “{kept}”", "只选一个，例如“{kept}”"),
    Way.GAP: ("write what it stands for", "写出它代表的内容"),
    Way.TAG: ("leave it out", "删去"),
    Way.OPTION: ("leave it out", "删去"),
    Way.COLUMN: (
        "leave it out and use the column {column} of the list",
        "删去，改用列表里的 {column} 一栏",
    ),
    Way.JOINT: ("leave it out, or write “and”", "删去，或改写成“和”"),
    Way.TIME: ("leave it out; “first” and “then” say the order", "删去，用“先”“再”说明顺序"),
    Way.REFERENCE: ("say who or what it is", "写出它是谁、是什么"),
    Way.DOCUMENT: ("write it as one sentence", "改写成一句话"),
}
"""The remedies, English and Chinese."""
_NOBODY = {"en": "the subject", "zh": "主体"}


def both() -> Iterator[tuple[str, str]]:
    """All sentences and what is filled into them, English and Chinese; `{name}` stands for words."""
    yield from ((each.english, each.chinese) for each in ADVICE.values())
    yield from _WHAT.values()
    yield from dict.fromkeys(_INSTEAD.values())
    yield _NOBODY["en"], _NOBODY["zh"]


def severity(code: Code) -> Severity:
    return ADVICE[code].severity


def sentence(code: Code, language: Language, **words: object) -> str:
    """One sentence of advice in the prompt's language, English where that is neither."""
    advice = ADVICE[code]
    chinese = language == "zh"
    if isinstance(words.get("sort"), Sort):
        words["what"] = _WHAT[Sort(words["sort"])][chinese]
    if "sort" in words:
        words["remedy"] = _INSTEAD[str(words["sort"])][chinese].format(**words)
    words["subject"] = words.get("subject") or _NOBODY["zh" if chinese else "en"]
    return (advice.chinese if chinese else advice.english).format(**words)
