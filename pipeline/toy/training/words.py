"""The tokenizers of the toy's two readers: whole words for the experts, byte pairs for the scorer."""

import json
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, choosing, world
from pipeline.toy.phrasings import writing
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from transformers import CLIPTokenizer, PreTrainedTokenizerFast

Pairs = Sequence[tuple[str, str]]
SPECIAL = ("<pad>", "</s>", "<unk>")
MARKS = (",", ".", "，", "。", ";", "；")
GLUE = ("the", "a", "first", "then", "it")
CHINESE_PIECES = (
    "一个", "的", "先", "再", "然后", "向", "往", "左", "右", "上", "下", "移动", "滑动", "上升",
    "下降", "变大", "变小", "慢慢", "逐渐", "静止", "保持", "不动", "停留", "在", "原地", "画面",
    "干净", "高清", "画质", "背景", "简单", "光线", "柔和", "模糊", "低", "质量",
)  # fmt: skip
"""What Chinese captions are made of, beside the names of colours and shapes."""
WORD_END = "</w>"
CLIP_START, CLIP_END = "<|startoftext|>", "<|endoftext|>"
CLIP_WORDS = 700
HEARD_WORDS = 2000
CLIP_LENGTH = 48
"""Tokens that the scorer reads; a longer sentence falls apart at its commas."""


def vocabulary() -> list[str]:
    """Every token of the experts' reader; its number is its place."""
    said = [*captions.ENGLISH_ASIDES, *captions.NEGATIVES, *GLUE, *world.COLOURS, *world.SHAPES]
    said += [phrase for phrases in captions.ENGLISH.values() for phrase in phrases]
    words = {word.strip(".,，").lower() for text in said for word in text.split()}
    english = sorted(word for word in words if word.isascii() and word)
    shapes = [name for names in captions.CHINESE_SHAPES.values() for name in names]
    chinese = [*captions.CHINESE_COLOURS.values(), *shapes, *CHINESE_PIECES]
    return [*SPECIAL, *MARKS, *english, *chinese]


def for_experts() -> "PreTrainedTokenizerFast":
    """Reads any text in lower case; a word that the world does not know is one `<unk>`."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    known = vocabulary()
    numbers = {word: number for number, word in enumerate(known)}
    reader = Tokenizer(models.WordLevel(numbers, unk_token="<unk>"))  # noqa: S106 - no password
    reader.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    chinese = sorted((word for word in known if not word.isascii()), key=len, reverse=True)
    reader.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("|".join(chinese)), "isolated"),
            pre_tokenizers.Split(Regex(r"\s+|(?<=[.,;])|(?=[.,;])"), "removed"),
        ]
    )
    reader.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", numbers["</s>"])]
    )
    pad, end, unknown = SPECIAL
    return PreTrainedTokenizerFast(
        tokenizer_object=reader, eos_token=end, unk_token=unknown, pad_token=pad,
        model_max_length=512,
    )  # fmt: skip


def for_scorer(pairs: Pairs | None = None) -> "CLIPTokenizer":
    """Byte pairs learnt from captions; any other text falls apart into its bytes."""
    return _reading(pairs or learn_for_scorer())


def for_hearing(pairs: Pairs | None = None) -> "CLIPTokenizer":
    """The same, learnt from very many ways to say it: the one that ships with the scorer."""
    return _reading(pairs or learn_for_hearing())


def learn_for_scorer() -> Pairs:
    """The pairs in the order in which they are joined. Of pairs that are as frequent, another comes first
    each time: who trains on them must keep them."""
    return _learn(_captions(4000, captions.for_training), CLIP_WORDS)


def learn_for_hearing() -> Pairs:
    """The same for the one that ships."""
    return _learn(_captions(12000, writing.for_scorer), HEARD_WORDS)


def _learn(told: Sequence[str], count: int) -> Pairs:
    from tokenizers import Tokenizer, models, trainers
    from transformers import CLIPTokenizer

    learner, like = Tokenizer(models.BPE()), CLIPTokenizer().backend_tokenizer
    learner.normalizer, learner.pre_tokenizer = like.normalizer, like.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=count,
        initial_alphabet=_letters(),
        end_of_word_suffix=WORD_END,
        max_token_length=24,
        show_progress=False,
    )
    learner.train_from_iterator(told, trainer)
    return [(one, other) for one, other in json.loads(learner.to_str())["model"]["merges"]]


def _reading(pairs: Pairs) -> "CLIPTokenizer":
    from transformers import CLIPTokenizer

    letters = _letters()
    merges: Any = [*pairs]  # which the types hold to be strings
    pieces = [*letters, *(letter + WORD_END for letter in letters), *map("".join, pairs)]
    names = dict.fromkeys([*pieces, CLIP_START, CLIP_END])
    return CLIPTokenizer(
        vocab={name: number for number, name in enumerate(names)},
        merges=merges,
        model_max_length=CLIP_LENGTH,
    )


def _letters() -> list[str]:
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())


def _captions(count: int, write: Callable[[Scene, random.Random], str]) -> list[str]:
    rng = random.Random(21)
    return [write(choosing.choose_for_training(rng), rng) for _ in range(count)]
