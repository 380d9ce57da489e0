"""The weights that ship are what the script makes of the labelled prompts."""

import json
from pathlib import Path

import pytest

from pipeline.prompts import fitting
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.main_action import WEIGHTS, candidates, core, shipped, weighed_by
from pipeline.prompts.signs import SIGNS, signs

DATA = Path(__file__).resolve().parents[3] / "data"


def test_fitting_again_gives_the_weights_that_ship() -> None:
    sets = fitting.load(DATA)
    fitted = fitting.fit([row for rows in sets.values() for row in rows])
    assert fitting.document(fitted) == WEIGHTS.read_text(encoding="utf-8")


def test_the_sets_are_read_apart_and_those_kept_aside_are_not_among_them() -> None:
    sets = fitting.load(DATA)
    assert list(sets) == ["ad_prompts", "g", "ad_prompts_held_out", *"bcdef", *"kl", *"ij"]
    assert "h" not in sets


def test_every_sign_has_a_weight_and_no_other_is_given() -> None:
    assert set(shipped()) == set(SIGNS)
    prompt = parse(
        "First steam rises, then a cook lifts the lid, stirs it and smiles; he waves to it"
    )
    found = candidates(prompt, [])
    assert len(found) > 3
    assert {sign for told in signs(prompt, found, []) for sign in told} <= set(SIGNS)


def test_other_weights_are_in_force_for_a_while() -> None:
    prompt = parse("A cook cracks an egg and smiles")
    cracks, smiles = candidates(prompt, [])
    assert core(prompt, []) == cracks
    with weighed_by({"prepares or reacts": 9.0}):
        assert core(prompt, []) == smiles
    assert core(prompt, []) == cracks


def test_a_set_that_is_left_out_is_judged_by_the_others() -> None:
    first = {"id": "x-1", "prompt": "A boy jumps and a dog barks", "core": "jumps"}
    rest = {"must_keep": [], "gone_l1": [], "findings": [], "never": ["prompt.two_subjects"]}
    (fold, _) = fitting.cross_validate({"x": [first | rest], "y": [first | rest | {"id": "y-1"}]})
    assert (fold.name, fold.size, fold.core) == ("x", 1, 1.0)
    assert fold.misread == ("x-1",)


def test_a_folder_without_sets_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no labelled prompts"):
        fitting.main([str(tmp_path)])


def test_each_set_is_read_with_weights_of_the_others_and_its_misses_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"must_keep": [], "gone_l1": [], "findings": [], "never": []}
    rows = [
        row | {"id": "k-1", "prompt": "A boy jumps and smiles", "core": "jumps"},
        *(
            row | {"id": f"m-{who}", "prompt": f"A {who} jumps and smiles", "core": "smiles"}
            for who in ("girl", "man", "woman")
        ),
    ]
    (tmp_path / "led_up_prompts.json").write_text(json.dumps({"prompts": rows}), encoding="utf-8")
    fitting.main([str(tmp_path)])
    said = capsys.readouterr().out
    assert "without m: core 0 of 3 (0.000), findings 3 of 3 (1.000)" in said
    assert "m-girl  A girl jumps and smiles" in said
