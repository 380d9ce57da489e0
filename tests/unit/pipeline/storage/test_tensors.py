"""Kept tensors come back bit by bit, or not at all; and keeping them costs nobody a take."""

import logging
from collections.abc import Callable

import pytest

from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors, Kind, key_of, name_of
from tests.memory_media import MemoryMedia

KEY = key_of(text="a circle")


class Broken(MemoryMedia):
    """A storage that fails of everything."""

    def open(self, name: str, start: int = 0, length: int | None = None):
        raise PermissionError(13, "no right", name)

    def put(self, name: str, data: bytes) -> None:
        raise OSError(28, "no space", name)

    def remove(self, name: str) -> None:
        raise OSError(30, "read only", name)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_they_come_back_bit_by_bit(dtype: str) -> None:
    import torch

    media = MemoryMedia()
    numbers = torch.randn(3, 4, generator=torch.Generator().manual_seed(1))
    numbers = numbers.to(getattr(torch, dtype)).T  # not as they lie in memory
    KeptTensors(media).put(Kind.TEXT, KEY, tokens=numbers, more=torch.tensor(0.5))

    found = KeptTensors(media).get(Kind.TEXT, KEY)
    assert found is not None
    assert found["tokens"].dtype == numbers.dtype
    assert found["tokens"].equal(numbers)
    assert float(found["more"]) == 0.5


def test_another_key_or_kind_finds_nothing() -> None:
    import torch

    kept = KeptTensors(MemoryMedia())
    kept.put(Kind.TEXT, KEY, tokens=torch.ones(1))
    assert kept.get(Kind.TEXT, key_of(text="a square")) is None
    assert kept.get(Kind.LATENTS, KEY) is None


def test_a_key_is_of_its_values_whatever_their_order() -> None:
    assert key_of(a=1, b="2") == key_of(b="2", a=1)
    assert key_of(a=1, b="2") != key_of(a="1", b=2)
    assert name_of(Kind.TEXT, KEY) == f"kept/texts/{KEY[:2]}/{KEY}.safetensors"


@pytest.mark.parametrize("cut", [lambda data: data[:-1], lambda data: data[:7], lambda data: b""])
def test_a_file_that_is_not_whole_is_as_good_as_none(
    cut: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    import torch

    media = MemoryMedia()
    kept = KeptTensors(media)
    kept.put(Kind.TEXT, KEY, tokens=torch.ones(8))
    name = name_of(Kind.TEXT, KEY)
    media.files[name] = cut(media.files[name])
    with caplog.at_level(logging.WARNING):
        assert kept.get(Kind.TEXT, KEY) is None
    assert name in caplog.text


def test_what_the_storage_fails_of_is_logged_and_costs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    import torch

    kept = KeptTensors(Broken())
    with caplog.at_level(logging.WARNING):
        kept.put(Kind.LATENTS, KEY, latents=torch.ones(1))
        assert kept.get(Kind.LATENTS, KEY) is None
        kept.forget(Kind.LATENTS, KEY)
    assert len(caplog.records) == 3


def test_forgotten_is_forgotten() -> None:
    import torch

    kept = KeptTensors(MemoryMedia())
    kept.put(Kind.LATENTS, KEY, latents=torch.ones(1))
    kept.forget(Kind.LATENTS, KEY)
    kept.forget(Kind.LATENTS, KEY)
    assert kept.get(Kind.LATENTS, KEY) is None


def test_without_a_media_root_nothing_is_kept() -> None:
    import torch

    NOTHING_KEPT.put(Kind.TEXT, KEY, tokens=torch.ones(1))
    assert NOTHING_KEPT.get(Kind.TEXT, KEY) is None
    NOTHING_KEPT.forget(Kind.TEXT, KEY)
