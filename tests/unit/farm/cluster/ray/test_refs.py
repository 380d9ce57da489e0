"""What Ray's errors say of the end of an actor."""

import pytest

from farm.cluster.ray.refs import node_is_gone


@pytest.mark.parametrize(
    ("sentence", "lost"),
    [
        ("The actor is dead because its node has died. Node Id: 1a2b", True),
        ("The actor died because its node has died. Node Id: 1a2b\n\tit was terminated", True),
        ("The actor is dead because its worker process has died. exit code: 1", False),
    ],
)
def test_an_actor_that_dies_with_its_machine_is_a_loss_and_no_fault(
    sentence: str, lost: bool
) -> None:
    from ray.exceptions import RayActorError

    assert node_is_gone(RayActorError(error_msg=sentence)) is lost
