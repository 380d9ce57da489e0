"""Where workers go on a Ray cluster: by their tags, away from machines that are drained or too small."""

from farm.cluster.ray.machines import Machines, place_labels


def test_workers_are_placed_by_tags_and_away_from_machines_to_avoid() -> None:
    assert place_labels([], []) is None
    assert place_labels(["a14b", "fast"], []) == {"farm/a14b": "yes", "farm/fast": "yes"}
    assert place_labels([], ["b" * 56, "a" * 56]) == {
        "ray.io/node-id": f"!in({'a' * 56}, {'b' * 56})"
    }


def test_a_host_that_is_avoided_gets_no_takes_and_no_workers_until_it_is_not() -> None:
    machines = Machines(["fast"])
    machines.seen("id7", "node7")
    machines.avoid(["node7"])

    assert (machines.may_work("node7"), machines.may_work("node8")) == (False, True)
    assert machines.labels() == {"farm/fast": "yes", "ray.io/node-id": "!in(id7)"}
    machines.avoid([])
    assert machines.may_work("node7")
    assert machines.labels() == {"farm/fast": "yes"}


def test_a_machine_that_is_too_small_stays_out() -> None:
    machines = Machines()
    machines.seen("id7", "node7")
    machines.too_small("id7", "large")
    machines.avoid([])

    assert machines.labels("large") == {"ray.io/node-id": "!in(id7)"}
    assert machines.labels("small") is None
    assert machines.unfit() == {"large": frozenset({"node7"})}


def test_what_the_cluster_says_of_its_nodes_is_told_by_host_as_far_as_they_were_seen() -> None:
    machines = Machines()
    machines.seen("id7", "node7")

    assert machines.by_host({"id7": "drained", "id9": "drained"}) == {"node7": "drained"}
