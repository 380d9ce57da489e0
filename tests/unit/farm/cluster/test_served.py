"""What a cluster's workers may load: what is needed most at first, and never what was given up."""

from farm.cluster.loading import WorkerSettings
from farm.cluster.served import Served
from farm.domain.model_changes import Queue
from pipeline.profiles.profile import load

QUEUE = Queue(waiting=10, take_seconds=10, load_seconds=10)


def served(*names: str) -> Served:
    return Served(WorkerSettings(profile=load(each), media="/media") for each in names)


def test_a_new_worker_loads_what_is_needed_most_beside_what_the_others_hold() -> None:
    both = served("toy", "toy-draft")
    waiting = {"toy": QUEUE, "toy-draft": QUEUE}
    assert both.next_to_load(waiting, ["toy"]) == "toy-draft"
    assert both.next_to_load(waiting, ["toy-draft"]) == "toy"
    assert both.next_to_load({}, ["toy"]) == "toy"  # nobody knows of anything that waits


def test_what_was_given_up_is_loaded_by_no_new_worker_however_much_of_it_waits() -> None:
    both = served("toy", "toy-draft")
    assert both.give_up("toy", "its weights are not here")
    assert both.given_up == {"toy": "toy cannot be loaded: its weights are not here"}
    assert both.next_to_load({"toy": QUEUE}, []) == "toy-draft"


def test_the_last_profile_is_never_given_up() -> None:
    both = served("toy", "toy-draft")
    assert both.give_up("toy-draft", "it does not fit")
    assert not both.give_up("toy", "its weights are not here")
    assert both.left == ["toy"]
