"""Makes the tiny Wan and the tiny CLIP of the toy profile on this machine, without any download.

`python -m pipeline.toy.build [FOLDER]` makes both. Their weights are random, from a fixed seed:
they show the whole way of a take, not what the large models paint or see.
"""

import argparse
import hashlib
import itertools
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from diffusers import AutoencoderKLWan, WanTransformer3DModel
    from torch import Tensor
    from transformers import CLIPTokenizer, T5Tokenizer

SEED = 20260722
TEXT_WIDTH = 32
"""Numbers per token that the text encoder hands to the experts."""
STILL_GAIN = 30
TEXT_GAIN = 8
T5_SPECIAL = ("<pad>", "</s>", "<unk>")
CLIP_START, CLIP_END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"
CLIP_TOKENS = 77
LIBRARIES = ("torch", "diffusers", "transformers", "tokenizers")
"""Another version of one of these may write other files, so it makes a folder of its own."""

COLOURS = {
    "red": "红色", "green": "绿色", "blue": "蓝色", "yellow": "黄色",
    "purple": "紫色", "orange": "橙色", "white": "白色", "black": "黑色",
}  # fmt: skip
SHAPES = {
    "circle": "圆形", "square": "方块", "triangle": "三角形",
    "star": "星星", "ring": "圆环", "cross": "十字",
}  # fmt: skip
MOTIONS = {
    "moves to the left": "向左移动", "moves to the right": "向右移动", "moves up": "向上移动",
    "moves down": "向下移动", "slowly grows": "慢慢变大", "stays still": "静止不动",
}  # fmt: skip


def captions() -> list[str]:
    """Every sentence of the tiny world, in English and in Chinese."""
    world = itertools.product(COLOURS.items(), SHAPES.items(), MOTIONS.items())
    return [
        caption
        for (colour, colour_zh), (shape, shape_zh), (motion, motion_zh) in world
        for caption in (
            f"A {colour} {shape} {motion}.",
            f"一个{colour_zh}的{shape_zh}{motion_zh}。",
        )
    ]


def model_names() -> list[str]:
    """The models that `ensure` can make, sorted."""
    return sorted(_MAKERS)


def cache_folder() -> Path:
    """Where a model is made when nobody names a folder: the user's cache."""
    return user_cache_path("shotfarm") / "models"


def place(name: str, root: Path) -> Path:
    """The folder under `root` that `ensure` makes; its name changes with what goes into it."""
    recipe = [
        Path(__file__).read_bytes(),
        *(version(library).encode() for library in LIBRARIES),
    ]
    return root / f"{name}-{hashlib.sha256(b'|'.join(recipe)).hexdigest()[:10]}"


def ensure(name: str, root: Path) -> Path:
    """The folder of the model `name` under `root`, made there first if need be.

    Workers that start at the same time wait for the one that makes it. Raises `KeyError` for a name
    that is not in `model_names`, `OSError` where `root` cannot be written.
    """
    make, done = _MAKERS[name], place(name, root)
    if done.is_dir():
        return done
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f".{done.name}.lock"):
        if not done.is_dir():
            with tempfile.TemporaryDirectory(dir=root, prefix=f".{name}-") as unfinished:
                made = Path(unfinished) / name
                _make_seeded(make, made)
                _let_everyone_read(made)
                made.rename(done)
    return done


def _make_seeded(make: Callable[[Path], None], folder: Path) -> None:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        make(folder)


def _let_everyone_read(folder: Path) -> None:
    """safetensors writes files for the owner alone; workers may run as somebody else."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _make_i2v(folder: Path) -> None:
    from diffusers import (
        AutoencoderKLWan,
        UniPCMultistepScheduler,
        WanImageToVideoPipeline,
        WanTransformer3DModel,
    )
    from transformers import UMT5Config, UMT5EncoderModel

    tokenizer = _t5_tokenizer()
    text = UMT5Config(
        vocab_size=len(tokenizer), d_model=TEXT_WIDTH, d_kv=16, d_ff=64, num_layers=2, num_heads=2,
        feed_forward_proj="gated-gelu", pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )  # fmt: skip
    expert = {
        "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 24,
        "in_channels": 36, "out_channels": 16, "text_dim": TEXT_WIDTH, "freq_dim": 64,
        "ffn_dim": 96, "num_layers": 2, "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 1024,
    }  # fmt: skip
    experts = [WanTransformer3DModel(**expert) for _ in range(2)]
    vae = AutoencoderKLWan(base_dim=4, z_dim=16, dim_mult=[1, 2, 2, 2], num_res_blocks=1)
    _calm(vae, experts)
    parts: dict[str, Any] = {
        "tokenizer": tokenizer,
        "text_encoder": UMT5EncoderModel(text),
        "vae": vae,
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
        "transformer": experts[0],
        "transformer_2": experts[1],
    }
    model = WanImageToVideoPipeline(**parts, boundary_ratio=0.9, expand_timesteps=False)
    model.save_pretrained(folder, safe_serialization=True)


def _calm(vae: "AutoencoderKLWan", experts: "list[WanTransformer3DModel]") -> None:
    """Scales random weights so that clips are drifting colours, not the noise of a dead screen.

    Kernels are evened out over space and time; still, prompt and guidance are given more weight.
    """
    import torch

    with torch.no_grad():
        for module in vae.decoder.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.Conv3d):
                _even_out(module.weight, share=0.3, dims=(-2, -1))
            if isinstance(module, torch.nn.Conv3d):
                _even_out(module.weight, share=0.8, dims=(-3,))
        vae.quant_conv.weight.mul_(STILL_GAIN)
        for expert in experts:
            expert.patch_embedding.weight.mul_(3)
            expert.proj_out.weight.mul_(10)
            for name, weight in expert.named_parameters():
                if name.endswith("attn2.to_out.0.weight"):
                    weight.mul_(TEXT_GAIN)


def _even_out(kernel: "Tensor", share: float, dims: tuple[int, ...]) -> None:
    """Moves each tap towards the mean over `dims`, keeping the kernel about as strong as it was."""
    taps = math.prod(kernel.shape[dim] for dim in dims)
    kernel.lerp_(kernel.mean(dims, keepdim=True).expand_as(kernel) * math.sqrt(taps), share)


def _make_clip(folder: Path) -> None:
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor

    tokenizer = _clip_tokenizer()
    layers = {
        "hidden_size": 48, "intermediate_size": 96,
        "num_hidden_layers": 2, "num_attention_heads": 2,
    }  # fmt: skip
    config = CLIPConfig(
        text_config=layers
        | {
            "vocab_size": len(tokenizer), "max_position_embeddings": CLIP_TOKENS,
            "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config=layers | {"image_size": 32, "patch_size": 8},
        projection_dim=32,
    )  # fmt: skip
    pictures = CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    CLIPModel(config).save_pretrained(folder)
    CLIPProcessor(pictures, tokenizer).save_pretrained(folder)


_MAKERS: dict[str, Callable[[Path], None]] = {
    "toy-clip": _make_clip,
    "toy-i2v": _make_i2v,
}


def _t5_tokenizer() -> "T5Tokenizer":
    """The words of the captions, and the single characters that other prompts are made of.

    A T5 tokenizer has no bytes to fall back on: two prompts of unknown characters would read alike.
    Training its Unigram model would give other pieces on every machine, so the words are given.
    """
    from transformers import T5Tokenizer

    words = {word.strip(".") for caption in captions() for word in caption.split()}
    english = {f"▁{word}" for word in words if word.isascii()}
    chinese = {word for words in (COLOURS, SHAPES, MOTIONS) for word in words.values()}
    pieces = dict.fromkeys([*T5_SPECIAL, "▁", *_characters(), *sorted(english), *sorted(chinese)])
    return T5Tokenizer(
        # Falling scores: a text is read in as few pieces as can be.
        vocab=[(piece, -10.0 - number / 1000) for number, piece in enumerate(pieces)],
        extra_ids=0,
        model_max_length=512,
    )


def _characters() -> list[str]:
    """Printable ASCII, Chinese punctuation, and the 3755 Chinese characters of daily use."""
    daily = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    chinese = b"".join(daily).decode("gb2312", errors="ignore")
    return [*map(chr, range(0x21, 0x7F)), *"，。！？；：、（）“”《》…", *chinese]


def _clip_tokenizer() -> "CLIPTokenizer":
    """Byte pairs learnt from the captions; any other text falls apart into its bytes."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    learner, like = Tokenizer(models.BPE()), CLIPTokenizer().backend_tokenizer
    learner.normalizer, learner.pre_tokenizer = like.normalizer, like.pre_tokenizer
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        initial_alphabet=letters,
        end_of_word_suffix=WORD_END,
        max_token_length=8,
        show_progress=False,
    )
    learner.train_from_iterator(captions(), trainer)
    merges: Any = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    pieces = [*letters, *(letter + WORD_END for letter in letters), *map("".join, merges)]
    names = dict.fromkeys([*pieces, CLIP_START, CLIP_END])
    return CLIPTokenizer(
        vocab={name: number for number, name in enumerate(names)},
        merges=merges,
        model_max_length=CLIP_TOKENS,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes every model that is not there yet and writes where each lies."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.toy.build", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=cache_folder())
    root: Path = parser.parse_args(arguments).folder
    for name in model_names():
        sys.stdout.write(f"{name}: ")
        sys.stdout.flush()
        start = time.monotonic()
        folder = ensure(name, root)
        sys.stdout.write(f"{folder} ({time.monotonic() - start:.1f} s)\n")


if __name__ == "__main__":
    main()
