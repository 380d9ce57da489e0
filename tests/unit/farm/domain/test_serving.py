"""Which profiles one run may serve, and what a place must be like that holds any of their models."""

from typing import Any

from farm.domain.serving import joint, own_judges, why_not_together
from pipeline.profiles.profile import Profile, load

TOY, DRAFT, WAN = load("toy"), load("toy-draft"), load("wan2.2-i2v-a14b")


def with_(profile: Profile, table: str, **values: Any) -> Profile:
    section = getattr(profile, table).model_copy(update=values)
    return profile.model_copy(update={table: section})


def own(profile: Profile, gpus: float = 0.2, **values: Any) -> Profile:
    return with_(profile, "match", where="own", gpus=gpus, **values)


def test_a_profile_and_its_drafts_are_served_by_one_run() -> None:
    assert why_not_together([TOY, DRAFT]) is None
    assert why_not_together([WAN, load("wan2.2-i2v-a14b-draft")]) is None


def test_workers_that_hold_other_shares_of_a_machine_cannot_change_places() -> None:
    assert why_not_together([TOY, DRAFT, WAN]) == (
        "toy and wan2.2-i2v-a14b cannot be served by one run: a worker of the one holds 0 GPUs, of the "
        "other 1: set worker.gpus alike, or give each a run of its own (farm run --profile)"
    )


def test_what_servers_make_has_a_run_of_its_own() -> None:
    servers = {"kind": "comfyui", "servers": ("http://render1:8188",)}
    comfy = with_(DRAFT, "engine", **servers).model_copy(update={"name": "comfy"})
    assert why_not_together([TOY, comfy]) == (
        "toy and comfy cannot be served by one run: servers make the takes of comfy, one worker each, "
        "which hold no model: give each a run of its own (farm run --profile)"
    )


def test_workers_of_other_numbers_of_ranks_cannot_either() -> None:
    told = why_not_together([TOY, with_(DRAFT, "worker", ranks=4)])
    assert "a worker of the one is 1 ranks, of the other 4: set worker.ranks alike" in (told or "")


def test_workers_on_machines_of_other_tags_cannot_either() -> None:
    told = why_not_together([TOY, DRAFT], {"toy": ["fast"]})
    assert "other tags (fast; none)" in (told or "")
    assert why_not_together([TOY, DRAFT], {"toy": ["a", "b"], "toy-draft": ["b", "a"]}) is None


def test_scorers_of_their_own_on_other_devices_cannot_either() -> None:
    told = why_not_together([own(TOY, device="cpu"), own(DRAFT, device="cuda")])
    assert "set match.device alike" in (told or "")


def test_profiles_of_one_table_match_share_a_scorer_of_its_own() -> None:
    toy, draft = own(TOY), own(DRAFT)
    assert own_judges([toy, draft, TOY]) == [toy]
    assert joint([toy, draft]).match.gpus == 0.2
    strict = own(DRAFT, threshold=0.9)
    assert own_judges([toy, strict]) == [toy, strict]
    assert joint([toy, strict]).match.gpus == 0.4


def test_scorers_that_would_fill_a_card_are_refused() -> None:
    many = [own(TOY, 0.4, threshold=each) for each in (0.1, 0.2, 0.3)]
    told = why_not_together(many)
    assert "would hold a whole GPU" in (told or "")


def test_a_place_has_room_for_the_largest() -> None:
    wide = with_(DRAFT, "worker", cpus=4, wave=3)
    assert (joint([TOY, wide]).worker.cpus, joint([TOY, wide]).worker.wave) == (4, 3)
