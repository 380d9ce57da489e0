"""Leases that end too far ahead are over when nobody beats them, by the clock of whoever looks."""

from datetime import UTC, datetime, timedelta

from farm.scheduler.skewed_leases import TOO_FAR, SkewedLeases

FAR = datetime(2026, 1, 1, 12, tzinfo=UTC)
LONG = TOO_FAR * 10.0


def test_a_skewed_lease_is_over_once_it_has_not_moved_for_long_enough() -> None:
    leases = SkewedLeases(lease_seconds=10.0)
    for now in (0.0, 10.0, LONG):
        assert not leases.over({(1, 1): FAR}, now)
    assert leases.over({(1, 1): FAR}, LONG + 1) == [(1, 1)]


def test_a_skewed_lease_that_is_beaten_is_never_over() -> None:
    leases = SkewedLeases(lease_seconds=10.0)
    for beat in range(100):
        assert not leases.over({(1, 1): FAR + timedelta(seconds=beat)}, 20.0 * beat)


def test_an_attempt_that_went_and_another_of_the_same_take_are_not_confused() -> None:
    leases = SkewedLeases(lease_seconds=10.0)
    leases.over({(1, 1): FAR}, 0.0)
    leases.over({}, 1.0)
    assert not leases.over({(1, 1): FAR}, LONG + 1)
    assert not leases.over({(1, 2): FAR}, 3 * LONG)
