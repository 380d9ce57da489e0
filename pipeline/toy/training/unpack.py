"""Takes shipped weights apart again, so that one part can be trained anew beside those that stay."""

from pathlib import Path
from typing import Any

from pipeline.toy.training import codec
from pipeline.toy.training.workshop import Workshop


def unpack(folder: Path, workshop: Workshop) -> None:
    """Lays the parts of `folder/toy-i2v` into the workshop, as far as it lacks them.

    They are those that were shipped, a little rounded: half precision is how weights are shipped.
    """
    model = folder / "toy-i2v"
    if not workshop.has("codec"):
        codec.make(workshop, 0)
    reader = _weights(model / "text_encoder")
    # One table under two names, of which one is shipped.
    reader.setdefault("encoder.embed_tokens.weight", reader["shared.weight"])
    for name, place in {"high": "transformer", "low": "transformer_2"}.items():
        if not workshop.has(name):
            expert = _weights(model / place)
            workshop.keep(name, {**_named("reader", reader), **_named("expert", expert)})
    if not workshop.has("corners"):
        vae = _weights(model / "vae")
        parts = {"0": "post_quant_conv.", "1": "decoder."}
        kept: dict[str, Any] = {}
        for number, start in parts.items():
            inner = {
                name[len(start) :]: each for name, each in vae.items() if name.startswith(start)
            }
            kept |= _named(number, inner)
        workshop.keep("corners", kept)


def _named(part: str, weights: dict[str, Any]) -> dict[str, Any]:
    return {f"{part}.{name}": each for name, each in weights.items()}


def _weights(folder: Path) -> dict[str, Any]:
    """Every tensor of a part, in single precision."""
    from safetensors.torch import load_file

    (file,) = folder.glob("*.safetensors")
    return {name: each.float() for name, each in load_file(file).items()}
