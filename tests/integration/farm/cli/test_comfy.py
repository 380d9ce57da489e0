"""`farm comfy`: a graph is read into a profile and a shot list, and a take is written as a graph."""

import errno
import json
import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from farm.store import Store
from farm.store.queue import settle
from pipeline.clips.encode import metadata, metadata_of, seal
from pipeline.comfy import files, reading
from pipeline.profiles import profile
from pipeline.recipe import Recipe, Segment, TakeOrder
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.comfyui.running import write_profile
from tests.conftest import a_recipe, a_result
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import accept, claim, submit
from tests.unit.pipeline.comfy.conftest import OF_2025, template

TOY = profile.load("toy")
SCHEMA = Path(__file__).parents[4] / "docs/reference/manifest.schema.json"


@pytest.fixture
def graph(store: Store, tmp_path: Path) -> Path:
    """A workflow in the folder that commands run in."""
    place = tmp_path / "wan22.json"
    place.write_text(json.dumps(template(OF_2025)))
    return place


@pytest.fixture
def recipe(store: Store) -> Recipe:
    """Of a take that was accepted; its clip and its still lie in the media root."""
    made_by = a_recipe(revision=TOY.revision, prompt="红色 (round) hat")
    submit(store, "sh010", recipe=made_by)
    still = Path("media", still_path(made_by.still))
    still.parent.mkdir(parents=True)
    Image.new("RGB", (64, 64), "red").save(still)
    lease = claim(store)
    frames = np.zeros((17, 64, 64, 3), np.uint8)
    order = TakeOrder(recipe=made_by, clip=lease.clip, title="demo/sh010 take 1")
    clip = seal(frames, MediaFolder(Path("media")), lease.clip, 8, metadata(order))
    result = replace(a_result(lease.clip), clip=clip)
    published, _ = settle.made(store, lease, result, accept)
    assert published
    return made_by


def test_a_graph_is_read_into_what_is_handed_in(farm: Farm, graph: Path) -> None:
    Path("profiles").mkdir()
    answer = farm(
        "comfy",
        "read",
        graph.name,
        "--profile-out",
        "profiles/wan22.toml",
        "--shotlist-out",
        "wan22.csv",
    )
    assert answer.status == 0, answer.err
    assert "4, 2 of them high noise" in answer.out
    assert "farm submit wan22.csv --production NAME" in answer.out
    made = profile.load("wan22", Path("profiles"))
    assert (made.sampler.steps, made.model.loras[0].weights) == (4, "loras")
    assert Path("wan22.csv").read_text().splitlines()[1].startswith("wan22,input-18.jpg,")
    linted = farm("lint", "wan22.csv", "--json").json
    assert [each["field"] for each in linted["problems"]] in ([], ["image"])


def test_json_has_all_of_it(farm: Farm, graph: Path) -> None:
    told = farm("comfy", "read", str(graph), "--json").json
    assert (told["format"], told["nodes"], told["honoured"]) == ("ui", 17, True)
    assert (told["steps"], told["split"], told["boundary"]) == (4, 2, 0.9)
    assert told["high"]["loras"][0]["strength"] == 1.0
    assert {each["code"] for each in told["findings"]} == {"comfy.precision"}


def test_a_graph_that_the_farm_cannot_make_again_says_why_and_exits_with_1(
    farm: Farm, graph: Path
) -> None:
    answer = farm("comfy", "read", str(graph), "--json")
    assert answer.status == 0
    values = template(OF_2025)
    for node in values["nodes"]:
        if node["type"] == "WanImageToVideo":
            node["type"] = "WanVaceToVideo"
    graph.write_text(json.dumps(values))
    answer = farm("comfy", "read", str(graph))
    assert answer.status == 1
    assert "comfy.model" in answer.out
    assert "Traceback" not in answer.err


def test_what_is_no_graph_and_what_cannot_be_written_is_a_sentence(
    farm: Farm, graph: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    for content, word in (("{", "not JSON"), ('{"a": 1}', "neither a workflow"), ("", "not JSON")):
        bad.write_text(content)
        answer = farm("comfy", "read", "bad.json")
        assert answer.status == 1
        assert word in answer.err
        assert answer.err.count("\n") == 1
    for options, word in (
        (("--profile-out", "Mine.toml"), "small letters"),
        (("--profile-out", "mine.txt"), "ends in .toml"),
        (("--profile-out", "no/mine.toml"), "cannot be written"),
        (("--profile-out", "mine.toml", "--like", "nobodys"), "no profile 'nobodys'"),
        (("--object-info", "bad.json"), "is not JSON"),
        (("--shotlist-out", "list.xlsx"), "its file ends in .csv"),
        (("--profile-out", "mine.toml", "--shotlist-out", "list"), "its file ends in .csv"),
    ):
        answer = farm("comfy", "read", graph.name, *options)
        assert (answer.status, word in answer.err) == (1, True), answer.err
    assert farm("comfy", "read", graph.name, "--profile-out", "mine.toml").status == 0
    again = farm("comfy", "read", graph.name, "--profile-out", "mine.toml")
    assert "is there already" in again.err
    Path("list.csv").write_text("mine")
    taken = farm(
        "comfy", "read", graph.name, "--profile-out", "other.toml", "--shotlist-out", "list.csv"
    )
    assert "list.csv is there already" in taken.err
    assert not Path("other.toml").exists(), "nothing is written by halves"


def test_a_graph_is_read_out_of_a_picture_or_a_film_that_holds_it(
    farm: Farm, graph: Path, recipe: Recipe, tmp_path: Path
) -> None:
    told = farm("comfy", "read", graph.name, "--json").json
    words = PngInfo()
    words.add_text("prompt", '{"1": {"class_type": "SaveVideo", "inputs": {}}}')
    words.add_text("workflow", graph.read_text())
    Image.new("RGB", (8, 8)).save(tmp_path / "saved.png", pnginfo=words)
    assert farm("comfy", "read", "saved.png", "--json").json == {**told, "graph": "saved.png"}

    assert farm("deliver", "demo", "--to", "out", "--comfy").status == 0
    film = farm("comfy", "read", "out/sh010_t01.mp4", "--json").json
    assert (film["prompt"], film["seed"]) == (recipe.prompt, recipe.seed)


def test_a_graph_is_read_out_of_a_picture_too_large_to_be_opened(farm: Farm, graph: Path) -> None:
    words = PngInfo()
    words.add_text("workflow", graph.read_text())
    Image.new("RGB", (8, 8)).save("large.png", pnginfo=words)
    content = Path("large.png").read_bytes()
    header = b"IHDR" + struct.pack(">II", 14000, 14000) + content[24:29]
    Path("large.png").write_bytes(
        content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]
    )
    with pytest.raises(Image.DecompressionBombError), Image.open("large.png"):
        pass
    told = farm("comfy", "read", graph.name, "--json").json
    assert farm("comfy", "read", "large.png", "--json").json == {**told, "graph": "large.png"}


@pytest.mark.parametrize("kept", [("workflow", "prompt"), ("workflow",)])
def test_a_graph_is_read_out_of_the_comment_of_a_video_combine(
    farm: Farm, graph: Path, kept: tuple[str, ...]
) -> None:
    said = {"prompt": json.dumps({"1": {"class_type": "VHS_VideoCombine"}})}
    said["workflow"] = json.loads(graph.read_text())
    comment = json.dumps({key: said[key] for key in kept})
    a_film("combined.mp4", {"title": "ZZZZ", "comment": comment})
    content = Path("combined.mp4").read_bytes()
    Path("foreign.mp4").write_bytes(content.replace(b"ZZZZ", b"\xc4\xe3\xba\xc3"))
    told = farm("comfy", "read", graph.name, "--json").json
    for name in ("combined.mp4", "foreign.mp4"):
        assert farm("comfy", "read", name, "--json").json == {**told, "graph": name}


@pytest.mark.parametrize(
    "comment",
    ['{"prompt": "A ball rolls"}', '{"prompt": "{a} ball"}', '{"workflow": 3}', "[" * 9999, "[1]"],
)
def test_a_comment_without_a_graph_is_none(farm: Farm, store: Store, comment: str) -> None:
    a_film("plain.mp4", {"comment": comment})
    answer = farm("comfy", "read", "plain.mp4")
    assert (answer.status, "it is a film in which no graph lies" in answer.err) == (1, True)


def a_film(name: str, tags: dict[str, str]) -> None:
    seal(np.zeros((5, 64, 64, 3), np.uint8), MediaFolder(Path()), name, 8, tags)


def test_a_profile_is_not_written_where_its_shot_list_cannot_be(farm: Farm, graph: Path) -> None:
    both = ("--profile-out", "mine.toml", "--shotlist-out")
    for to in ("no/list.csv", f"{'l' * 300}.csv"):
        answer = farm("comfy", "read", graph.name, *both, to)
        assert answer.status == 1
        assert f"{to} cannot be written" in answer.err
        assert not Path("mine.toml").exists()
    answer = farm(
        "comfy", "read", graph.name, "--profile-out", "no/mine.toml", "--shotlist-out", "list.csv"
    )
    assert answer.status == 1
    assert not Path("list.csv").exists()


def test_a_picture_or_a_film_without_a_graph_is_told_as_one(
    farm: Farm, recipe: Recipe, tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "plain.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "plain.png").read_bytes()[:40])
    (tmp_path / "torn.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(40))
    assert farm("deliver", "demo", "--to", "out").status == 0
    for name, what in (
        ("plain.png", "picture"), ("torn.png", "picture"), ("torn.mp4", "film"),
        ("out/sh010_t01.mp4", "film"),
    ):  # fmt: skip
        answer = farm("comfy", "read", name)
        assert answer.status == 1
        assert f"{name} is no ComfyUI graph: it is a {what} in which no graph lies" in answer.err


def test_a_servers_own_classes_are_told_by_its_answer(farm: Farm, graph: Path) -> None:
    values = template(OF_2025)
    for node in values["nodes"]:
        if node["type"] == "LoraLoaderModelOnly":
            node["type"] = "StudiosLora"
    graph.write_text(json.dumps(values))
    unknown = farm("comfy", "read", graph.name, "--json").json
    assert "comfy.class_unknown" in {each["code"] for each in unknown["findings"]}

    told = {
        "StudiosLora": {"input": {"required": {"lora_name": [["a"]], "strength": ["FLOAT", {}]}}}
    }
    Path("info.json").write_text(json.dumps(told))
    known = farm("comfy", "read", graph.name, "--object-info", "info.json", "--json").json
    assert "comfy.class_unknown" not in {each["code"] for each in known["findings"]}


def test_a_take_is_printed_as_a_graph(farm: Farm, recipe: Recipe) -> None:
    for option, form in (((), "ui"), (("--api",), "api")):
        answer = farm("comfy", "export", "demo", "sh010", *option)
        assert answer.status == 0, answer.err
        opened = files.opened(answer.out)
        found = reading.read(opened.graph, opened.doubts)
        assert opened.format == form
        assert (found.prompt, found.seed, found.steps) == (recipe.prompt, recipe.seed, recipe.steps)


def test_a_take_is_written_with_its_start_picture(farm: Farm, recipe: Recipe) -> None:
    answer = farm("comfy", "export", "demo", "sh010", "--take", "1", "--to", "graphs")
    assert answer.status == 0, answer.err
    assert {place.name for place in Path("graphs").iterdir()} == {
        "sh010_t01.workflow.json", "sh010_t01.prompt.json", f"{recipe.still}.png",
    }  # fmt: skip
    found = reading.read(files.opened(Path("graphs/sh010_t01.prompt.json").read_bytes()).graph)
    assert Path("graphs", found.still or "").is_file()

    Path("media", still_path(recipe.still)).unlink()
    gone = farm("comfy", "export", "demo", "sh010", "--to", "graphs")
    assert (gone.status, "start picture, is missing" in gone.err) == (1, True)


def test_a_take_of_several_segments_says_which_of_them_the_graph_makes(
    farm: Farm, store: Store, recipe: Recipe
) -> None:
    parts = (Segment(frames=17, seed=7, prompt="first"), Segment(frames=17, seed=8, prompt="then"))
    submit(store, "sh020", recipe=replace(recipe, segments=parts, frames=33, seed=7))
    answer = farm("comfy", "export", "demo", "sh020")
    assert answer.status == 0
    assert answer.err.startswith(
        "farm: sh020_t01 is a clip of 2 segments, and the graph makes the first; each other one begins"
    )
    found = reading.read(files.opened(answer.out).graph)
    assert (found.prompt, found.frames) == ("first", 17)
    assert farm("comfy", "export", "demo", "sh010").err == ""


def test_of_a_take_for_servers_the_graph_is_the_one_that_they_render(
    farm: Farm, store: Store, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own := Path("profiles")).mkdir()
    write_profile(own, "http://127.0.0.1:8188")
    monkeypatch.setenv("FARM_PROFILES", str(own.absolute()))
    made_by = profile.load("comfy", own)
    of_servers = replace(recipe, profile="comfy", revision=made_by.revision)
    submit(store, "sh020", recipe=of_servers)

    plain = farm("comfy", "export", "demo", "sh020")
    assert plain.status == 0, plain.err
    assert "sh020_t01 is rendered on ComfyUI servers: this is the graph" in plain.err
    graph = json.loads(plain.out)
    assert graph["low_sampler"]["inputs"]["noise_seed"] == recipe.seed
    assert graph["still"]["inputs"]["image"] == f"{recipe.still}.png"
    assert graph["prompt"]["inputs"]["text"] == "红色 \\(round\\) hat"
    api = farm("comfy", "export", "demo", "sh020", "--api")
    assert (api.out, api.err) == (plain.out, "")

    assert farm("comfy", "export", "demo", "sh020", "--to", "graphs").status == 0
    assert {place.name for place in Path("graphs").iterdir()} == {
        "sh020_t01.prompt.json", f"{recipe.still}.png",
    }  # fmt: skip

    submit(store, "sh030", recipe=replace(of_servers, revision="0" * 12))
    changed = farm("comfy", "export", "demo", "sh030")
    assert (changed.status, "made with 000000000000: bring that one back" in changed.err) == (
        1,
        True,
    )


def test_what_is_no_take_or_was_made_otherwise_is_a_sentence(
    farm: Farm, store: Store, recipe: Recipe
) -> None:
    assert "has no take 9" in farm("comfy", "export", "demo", "sh010", "--take", "9").err
    assert "demo has no shot" in farm("comfy", "export", "demo", "sh099").err
    submit(store, "sh020", recipe=replace(recipe, revision="0" * 12))
    changed = farm("comfy", "export", "demo", "sh020")
    assert (changed.status, "revision" in changed.err) == (1, True)


def test_delivered_films_open_in_comfyui_where_that_is_asked_for(
    farm: Farm, recipe: Recipe
) -> None:
    assert farm("deliver", "demo", "--to", "plain").status == 0
    assert not {"workflow", "prompt"} & set(metadata_of(Path("plain/sh010_t01.mp4")))

    answer = farm("deliver", "demo", "--to", "out", "--comfy")
    assert answer.status == 0, answer.err
    film = Path("out/sh010_t01.mp4")
    told = metadata_of(film)
    assert reading.read(files.opened(told["workflow"]).graph).prompt == recipe.prompt
    assert reading.read(files.opened(told["prompt"]).graph).seed == recipe.seed
    assert json.loads(told["AIGC"])["Label"] == "1"
    manifest = json.loads(Path("out/manifest.json").read_text())
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))
    steps = manifest["clips"][0]["made"]["steps"]
    assert [each["options"]["comfyui"] for each in steps if "comfyui" in each["options"]]

    before = film.read_bytes()
    film.unlink()
    again = farm("deliver", "--again", "out/manifest.json")
    assert again.status == 0, again.err
    assert film.read_bytes() == before

    refused = farm("deliver", "demo", "--to", "both", "--comfy", "--no-recipe")
    assert (refused.status, "--no-recipe" in refused.err) == (1, True)


def test_a_start_picture_that_cannot_be_read_is_named_and_not_the_folder(
    farm: Farm, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(MediaFolder, "open", locked)
    told = farm("comfy", "export", "demo", "sh010", "--to", "graphs")
    assert told.status == 1
    assert "start picture, cannot be read (Permission denied)" in told.err
    assert still_path(recipe.still) in told.err
