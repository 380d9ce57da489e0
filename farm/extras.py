"""What an install without extras goes without, and how to get it: one sentence for whatever is missing.

`pip install shotfarm` is for submitting, linting, looking and deciding from any machine. Rendering, Ray and
PostgreSQL's driver are extras, since they weigh gigabytes where the rest weighs some hundred megabytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from farm.errors import MissingExtra

EXTRAS = {
    "render": (
        "accelerate", "cache_dit", "diffusers", "huggingface_hub", "safetensors", "scenedetect",
        "tokenizers", "torch", "transformers",
    ),
    "ray": ("ray",),
    "postgres": ("psycopg",),
    "ocr": ("onnxruntime", "rapidocr"),
    "desk": ("aiohttp", "jinja2", "segno"),
    "edit": ("opentimelineio",),
    "remote": ("fsspec",),
    "credentials": ("c2pa", "cryptography"),
    "comfyui": ("aiohttp",),
}  # fmt: skip
"""The extra of the distribution, and the packages that it brings."""
FOR = {
    "render": "models that render and score",
    "ray": "runs on a Ray cluster",
    "postgres": "databases on PostgreSQL",
    "ocr": "readers of lettering",
    "desk": "the pages of the desk",
    "edit": "timelines as .otio",
    "remote": "deliveries to a URL",
    "credentials": "content credentials",
    "comfyui": "takes on ComfyUI servers",
}


def missing(error: BaseException) -> str | None:
    """Which extra to install, where `error` or what led to it is a package that one brings; else None."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ModuleNotFoundError) and (extra := _extra_of(cause.name or "")):
            return (
                f"{FOR[extra]} need what this install leaves out ({cause.name}): "
                f'pip install "shotfarm[{extra}]"'
            )
        cause = cause.__cause__ or cause.__context__
    return None


@contextmanager
def needed() -> Iterator[None]:
    """What fails for want of an extra raises `MissingExtra`, which says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if sentence := missing(error):
            raise MissingExtra(sentence) from error
        raise


def _extra_of(module: str) -> str | None:
    package = module.partition(".")[0]
    return next((extra for extra, packages in EXTRAS.items() if package in packages), None)
