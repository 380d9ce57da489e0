"""What a server is and what it lacks for a profile, asked before its first take: a sentence each."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.engines.comfyui import graph as graphs
from pipeline.engines.comfyui.client import Server, TooLarge, Unreachable
from pipeline.engines.comfyui.graph import Asked
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Survey:
    """What one server said."""

    address: str
    version: str
    """Of ComfyUI."""
    device: str
    """The card that it renders on, by its name."""
    free: int
    """Bytes of that card's memory."""
    lacking: tuple[str, ...]
    """A sentence on each thing without which it cannot make the profile's takes."""

    def __str__(self) -> str:
        return (
            f"{self.address}: ComfyUI {self.version} on {self.device}, "
            f"{self.free / 1e9:.0f} GB of its memory free"
        )


async def look(server: Server, profile: Profile) -> Survey:
    """Asks for version, memory, node classes and models. Raises `Unreachable`."""
    stats = await _object(server, "/system_stats")
    told = stats.get("system")
    version = str(told.get("comfyui_version", "")) if isinstance(told, Mapping) else ""
    if not version:
        raise Unreachable(f"{server.address} is no ComfyUI: it tells no version")
    device, free = _device(stats)
    lacking = [*_of_version(server.address, version, profile.engine.version)]
    lacking += [sentence async for sentence in _of_nodes(server, profile)]
    lacking += [sentence async for sentence in _of_files(server, profile)]
    return Survey(server.address, version, device, free, tuple(lacking))


def _of_version(address: str, version: str, wanted: str) -> Iterable[str]:
    if version != wanted:
        yield (
            f"{address} is ComfyUI {version}, and the profile's takes are made by {wanted}: change the "
            "server, or [engine] version, which makes another revision"
        )


async def _of_nodes(server: Server, profile: Profile) -> AsyncIterator[str]:
    """Each class is asked for by itself: all of them together are most of a megabyte."""
    wanted = graphs.classes_of(graphs.graph_of(profile, Asked(_any_recipe(profile), "a.png", "a")))
    for name in wanted:
        told = (await _object(server, f"/object_info/{name}")).get(name)
        if not isinstance(told, Mapping):
            yield f"{server.address} has no node {name}: update it, or install the pack that brings it"
        elif name == "KSamplerAdvanced" and not profile.engine.their_graph:
            for key, value in _solver(profile).items():
                known = _choices(told, key)
                if known and value not in known:
                    yield f"{server.address} knows no {key} {value}"


def _solver(profile: Profile) -> dict[str, str]:
    return {"sampler_name": graphs.sampler_of(profile), "scheduler": profile.engine.scheduler}


async def _of_files(server: Server, profile: Profile) -> AsyncIterator[str]:
    for folder, names in graphs.file_names(profile.engine).items():
        if not names:
            continue
        answer = await _asked(server, f"/models/{folder}")
        there = answer if isinstance(answer, list) else []
        for name in names:
            if name not in there:
                yield f"{server.address} has no {name}: put it into its models/{folder}"


async def _object(server: Server, path: str) -> Mapping[str, Any]:
    told = await _asked(server, path)
    return told if isinstance(told, dict) else {}


async def _asked(server: Server, path: str) -> Any:
    try:
        answer = await server.get(path)
    except TooLarge as error:
        raise Unreachable(str(error)) from error
    if 300 <= answer.status < 400:
        raise Unreachable(
            f"{server.address} sends elsewhere, and nobody follows: name that address"
        )
    return answer.json() if answer.ok else None


def _device(stats: Mapping[str, Any]) -> tuple[str, int]:
    """`cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync` is called by its middle."""
    devices = stats.get("devices")
    first = devices[0] if isinstance(devices, list) and devices else {}
    name = str(first.get("name", "an unknown device")).partition(" : ")[0]
    place, _, card = name.partition(" ")
    free = first.get("vram_free", 0)
    return (card if ":" in place and card else name), free if isinstance(free, int) else 0


def _choices(told: Mapping[str, Any], key: str) -> list[Any]:
    """What an input may be, as either generation of servers says it; empty where it does not."""
    given: list[Any] = (told.get("input") or {}).get("required", {}).get(key) or [None]
    if isinstance(given[0], list):
        return given[0]
    options = given[1] if len(given) > 1 and isinstance(given[1], dict) else {}
    return options.get("options", [])


def _any_recipe(profile: Profile) -> Recipe:
    """One for which the graph is as for all others."""
    width, height = profile.size_for(1, 1)
    sampler = profile.sampler
    return Recipe(
        still="",
        prompt="",
        negative=sampler.negative,
        seed=0,
        steps=sampler.steps,
        cfg_high=sampler.cfg_high,
        cfg_low=sampler.cfg_low,
        width=width,
        height=height,
        frames=profile.frame.default_frames,
        fps=profile.frame.fps,
        profile=profile.name,
        revision=profile.revision,
    )
