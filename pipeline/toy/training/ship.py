"""Puts the trained parts together as the model folders that the package ships."""

from pathlib import Path

from pipeline.models import tiny_decoder
from pipeline.toy.training import eyes, i2v, preview, scorer
from pipeline.toy.training.workshop import Workshop


def ship(workshop: Workshop, to: Path) -> None:
    """Writes `toy-i2v`, `toy-clip` and `toy-preview` into the folder `to`, over what lies there.

    In half precision: read as float32, as the profile does, they are the same numbers a little rounded.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()
    to.mkdir(parents=True, exist_ok=True)
    _ship_i2v(workshop, to / "toy-i2v")
    ship_clip(workshop, to / "toy-clip")
    ship_preview(workshop, to / "toy-preview")


def _ship_i2v(workshop: Workshop, folder: Path) -> None:
    import torch

    i2v.take(workshop).to("cpu", torch.float16).save_pretrained(folder, safe_serialization=True)
    _let_everyone_read(folder)


def ship_clip(workshop: Workshop, folder: Path) -> None:
    """Writes the scorer alone into `folder`."""
    from transformers import CLIPProcessor

    eyes.take(workshop).half().save_pretrained(folder)
    CLIPProcessor(eyes.processor(), scorer.take_hearing_tokenizer(workshop)).save_pretrained(folder)
    _let_everyone_read(folder)


def ship_preview(workshop: Workshop, folder: Path) -> None:
    """Writes the tiny decoder alone."""
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    weights = preview.take(workshop).half().state_dict()
    told = {"format": "pt", tiny_decoder.DOUBLINGS: str(preview.DOUBLINGS)}
    named = {f"decoder.{name}": each for name, each in weights.items()}
    save_file(named, folder / "model.safetensors", told)
    _let_everyone_read(folder)


def _let_everyone_read(folder: Path) -> None:
    """safetensors writes files for the owner alone; workers may run as somebody else."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
