"""What a look at an unfinished take said, and who is rendered on as an audit."""

from pipeline.early_look import EarlyLook, is_audit


def test_audits_are_the_share_that_was_asked_for_and_the_same_every_time() -> None:
    recipes = [f"{number:064x}" for number in range(4000)]
    chosen = [recipe for recipe in recipes if is_audit(recipe, 0.05)]
    assert 140 < len(chosen) < 260
    assert chosen == [recipe for recipe in recipes if is_audit(recipe, 0.05)]
    assert all(is_audit(recipe, 0.1) for recipe in chosen)  # more of them are these and others
    assert all(is_audit(recipe, 1.0) for recipe in recipes)


def test_a_look_is_read_as_it_was_kept() -> None:
    look = EarlyLook(step=5, steps=8, below=2, score=0.1, scorer="toy", threshold=0.3, ended=True)
    assert EarlyLook.from_dict(look.as_dict()) == look


def test_only_what_was_ended_spares_steps() -> None:
    assert EarlyLook(step=5, steps=8, score=0.1, threshold=0.3, ended=True).spared == 3
    assert EarlyLook(step=5, steps=8, score=0.1, threshold=0.3, audit=True).spared == 0
