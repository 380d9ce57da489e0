"""What a clause has to do with those around it: its place in an order, what it goes on with or lists."""

import re

from pipeline.prompts.grammar.clauses import Clause, Kind, is_han
from pipeline.prompts.grammar.english_verbs import is_adverb
from pipeline.prompts.grammar.lexicons import segmented
from pipeline.prompts.grammar.prompt import ParsedPrompt
from pipeline.prompts.words import chinese, english

_STAGED = re.compile(
    rf"(?:{'|'.join(english.STAGE_WORDS)}|before|after|until)\b|{chinese.STAGES}|先|再|又",
    re.IGNORECASE,
)
_STAGE_WORD = re.compile(r"(?:(?:first|then|next|finally)\s+|首先|先是?|最后|然后)+", re.IGNORECASE)
_NOUN_END = re.compile(
    "的|(?:背景|光|灯|风格|色调|画面|环境|场景|构图|摄影|城市|街道|森林|海边|天气|色彩|质地)$"
)


def past_stage_words(prompt: ParsedPrompt, clause: Clause) -> int:
    """Where the action begins after `first` or 先: one action alone has no order."""
    stage = _STAGE_WORD.match(prompt.text, clause.action, clause.end)
    return stage.end() if stage else clause.action


def with_auxiliary(prompt: ParsedPrompt, core: Clause) -> int:
    """Where the subject's words end: `is` belongs to them when the action is only `waving`."""
    assert prompt.subject is not None
    assert prompt.home is not None
    end = prompt.subject[1]
    helping = prompt.tokens((end, prompt.home.end))[:1]
    acts = [t for t in prompt.tokens((core.action, core.end)) if not is_adverb(t)][:1]
    if any(t.text in {"is", "are"} for t in helping) and any(t.text.endswith("ing") for t in acts):
        return helping[0].end
    return end


def is_staged(prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether it has its place in an order: `then`, `after`, 先."""
    text = prompt.text
    return bool(_STAGED.match(text, clause.start) or _STAGED.match(text, clause.action))


def goes_on(prompt: ParsedPrompt, clause: Clause) -> bool:
    """`slowly`, `into the cup`: tells more about the action before it; in Chinese, may be a verb."""
    text = prompt.text
    if is_han(text[clause.body : clause.end]):
        verbal = any(w.tag[0] in "vlid" for w in segmented(text, (clause.body, clause.end)))
        return verbal and not _NOUN_END.search(text, clause.body, clause.end)
    first = prompt.tokens((clause.body, clause.end))[:1]
    return any(token.text in english.PREPOSITIONS or is_adverb(token) for token in first)


def enumerated(prompt: ParsedPrompt) -> list[Clause]:
    """The clauses of `tosses onions, peppers, and mushrooms` after the first."""
    listed: list[Clause] = []
    run: list[Clause] = []
    for clause in prompt.clauses:
        run = [*run, clause] if clause.kind is Kind.PHRASE else []
        if prompt.text[clause.start : clause.body].strip().lower() in {"and", "or"}:
            listed += run
    return listed


def describes(prompt: ParsedPrompt, clause: Clause) -> bool:
    """Whether a clause says what the still shows already."""
    if clause is prompt.home:
        return False
    if clause.kind is Kind.PHRASE:
        return not goes_on(prompt, clause) and not is_staged(prompt, clause)
    return clause.kind is Kind.STATIC or (clause.kind is Kind.POSE and not clause.main)
