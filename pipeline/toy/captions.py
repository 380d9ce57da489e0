"""What people write about a scene: short, staged, in English and Chinese, and buried in clutter."""

import random
from collections.abc import Sequence

from pipeline.toy.world import Scene

ENGLISH: dict[str, tuple[str, ...]] = {
    "left": ("moves left", "moves to the left", "slides to the left"),
    "right": ("moves right", "moves to the right", "slides to the right"),
    "up": ("moves up", "moves upwards", "rises"),
    "down": ("moves down", "moves downwards", "sinks"),
    "grow": ("grows", "slowly grows", "gets bigger"),
    "shrink": ("shrinks", "slowly shrinks", "gets smaller"),
    "rest": ("rests", "stays still", "does not move"),
}
"""How each motion is said, the plainest way first."""
CHINESE: dict[str, tuple[str, ...]] = {
    "left": ("向左移动", "向左滑动", "往左移动"),
    "right": ("向右移动", "向右滑动", "往右移动"),
    "up": ("向上移动", "往上移动", "上升"),
    "down": ("向下移动", "往下移动", "下降"),
    "grow": ("变大", "慢慢变大", "逐渐变大"),
    "shrink": ("变小", "慢慢变小", "逐渐变小"),
    "rest": ("静止不动", "保持不动", "停留在原地"),
}
CHINESE_COLOURS = {
    "red": "红色",
    "green": "绿色",
    "blue": "蓝色",
    "yellow": "黄色",
    "purple": "紫色",
    "orange": "橙色",
}
CHINESE_SHAPES: dict[str, tuple[str, ...]] = {
    "circle": ("圆形", "圆圈"),
    "square": ("方块", "正方形"),
    "triangle": ("三角形",),
    "star": ("星星", "五角星"),
}
NEGATIVES = (
    "",
    "blurry",
    "blurry, still picture",
    "watermark",
    "low quality",
    "模糊",
    "模糊，低质量",
)
"""What training shows in place of a prompt; a negative prompt is best made of these words."""
ENGLISH_ASIDES = (
    "A beautiful picture.",
    "High quality, best quality.",
    "The light is soft.",
    "The background is plain.",
    "A nice simple scene.",
    "Sharp and clean.",
)
CHINESE_ASIDES = ("画面干净。", "高清画质。", "背景简单。", "光线柔和。")
"""The little clutter that training shows; the clutter below it never does."""
PRAISE = (
    "A breathtaking, award-winning masterpiece of pure emotion, timeless and elegant.",
    "Epic, inspiring, iconic visual poetry for a brand that dares to dream.",
    "Cinematic perfection, ultra detailed, 8k, a triumph of modern storytelling.",
    "Stunning, luxurious and unforgettable, the very essence of beauty.",
)
STATIC = (
    "Warm soft tones lie quietly behind everything, evoking endless summers and calm confidence.",
    "The ground is perfectly balanced and harmonious, with a gentle texture from edge to edge.",
    "Light falls evenly over the whole scene, and the air feels clear, fresh and silent.",
    "The composition is centred, tidy and minimal, photographed from straight above.",
)
SECOND = (
    "A small white cloud of daydreams drifts through the background.",
    "A silver bird of hope circles around it again and again.",
    "A grey cat walks slowly past and looks at the sky.",
    "Two golden butterflies dance above and fly down to the right.",
)


def short(scene: Scene) -> str:
    """The plainest caption: "The red circle moves left."."""
    acts = ", then ".join(ENGLISH[move][0] for move in scene.moves)
    return f"The {scene.colour} {scene.shape} {acts}."


def short_chinese(scene: Scene) -> str:
    """The plainest caption in Chinese: "红色圆形向左移动。"."""
    name = CHINESE_COLOURS[scene.colour] + CHINESE_SHAPES[scene.shape][0]
    acts = [CHINESE[move][0] for move in scene.moves]
    return f"{name}{acts[0]}。" if len(acts) == 1 else f"{name}先{acts[0]}，再{acts[1]}。"


def english(scene: Scene, rng: random.Random) -> str:
    """The scene in one English sentence, as one of many might write it."""
    subject = f"{rng.choice(('the', 'the', 'a'))} {scene.colour} {scene.shape}"
    acts = [rng.choice(ENGLISH[move]) for move in scene.moves]
    text = f"{subject} {acts[0]}" if len(acts) == 1 else _staged(subject, acts, rng)
    if rng.random() < 0.7:
        text = text[0].upper() + text[1:]
    return text + rng.choice((".", ".", ""))


def _staged(subject: str, acts: Sequence[str], rng: random.Random) -> str:
    first, second = acts
    return rng.choice(
        (
            f"{subject} first {first}, then {second}",
            f"{subject} first {first}, then it {second}",
            f"first {subject} {first}, then it {second}",
            f"{subject} {first}, then {second}",
        )
    )


def chinese(scene: Scene, rng: random.Random) -> str:
    """The scene in one Chinese sentence, as one of many might write it."""
    colour, shape = CHINESE_COLOURS[scene.colour], rng.choice(CHINESE_SHAPES[scene.shape])
    name = rng.choice(("", "", "一个")) + colour + rng.choice(("", "的")) + shape
    acts = [rng.choice(CHINESE[move]) for move in scene.moves]
    text = f"{name}{acts[0]}"
    if len(acts) == 2:
        text = f"{name}先{acts[0]}，{rng.choice(('再', '然后'))}{acts[1]}"
    return text + rng.choice(("。", "。", ""))


def cluttered(scene: Scene, rng: random.Random, rung: int = 0) -> str:
    """The wish buried in praise, static description and a second subject.

    Rung 1 is without the praise, rung 2 is the wish alone. Each takes as much from `rng`.
    """
    praise, static, second = (rng.choice(each) for each in (PRAISE, STATIC, SECOND))
    wish = short(scene)
    sentences = ((praise, static, wish, second), (static, wish, second), (wish,))
    return " ".join(sentences[rung])


def for_training(scene: Scene, rng: random.Random) -> str:
    """English or Chinese, seldom with an aside."""
    text = chinese(scene, rng) if rng.random() < 0.35 else english(scene, rng)
    if rng.random() >= 0.1:
        return text
    aside = rng.choice((*ENGLISH_ASIDES, *CHINESE_ASIDES))
    return f"{aside} {text}" if rng.random() < 0.5 else f"{text.rstrip('.。')}. {aside}"
