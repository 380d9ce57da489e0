"""What is asked for under a key is written once, whoever asks at the same time and however often."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from farm.errors import Refused, Repeated
from farm.operations import comment as comments
from farm.store import Store
from farm.store.sent_forms import AT_ONCE, KEPT
from tests.integration.farm.store.conftest import dump, say, submit


def write(store: Store, text: str = "too dark") -> None:
    comments.comment(store, "demo", "sh010", text, who="anna")


def said(store: Store) -> list[str]:
    return [each.text for each in comments.comments(store, "demo", "sh010")]


def test_what_comes_twice_under_a_key_is_written_once(store: Store) -> None:
    submit(store, "sh010")
    once = store.once("a")
    assert not once.was_done

    write(once)
    before = dump(store)
    with pytest.raises(Repeated):
        write(store.once("a"))

    assert once.was_done
    assert dump(store) == before
    write(store.once("b"))
    write(store.once(""))
    write(store.once(""))
    assert said(store) == ["too dark"] * 4
    assert not store.once("").was_done


def test_of_many_at_once_one_writes(store: Store) -> None:
    submit(store, "sh010")
    begin = Barrier(6)

    def press(_: int) -> bool:
        begin.wait(240)
        try:
            write(store.once("a"))
        except Repeated:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    assert said(store) == ["too dark"]


def test_what_was_refused_may_be_asked_for_again_under_its_key(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(2):
        with pytest.raises(Refused, match="has no take 9"):
            comments.comment(store.once("a"), "demo", "sh010", "too dark", take=9, who="anna")
    assert not store.once("a").was_done
    write(store.once("a"))
    assert said(store) == ["too dark"]


def test_old_keys_are_forgotten_some_with_each_new_one(store: Store) -> None:
    submit(store, "sh010")
    with store.write() as connection:
        for number in range(AT_ONCE + 10):
            connection.exec_driver_sql(f"INSERT INTO sent_forms (key) VALUES ('{number:03d}')")
    _age(store, KEPT + 60)
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO sent_forms (key) VALUES ('young')")
    for left in (12, 3):
        write(store.once(f"new{left}"))
        with store.read() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM sent_forms").scalar_one()
        assert found == left
    assert store.once("young").was_done


def _age(store: Store, seconds: float) -> None:
    ago = (
        f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-{seconds} seconds')"
        if store.dialect == "sqlite"
        else f"statement_timestamp() - interval '{seconds} seconds'"
    )
    say(store, f"UPDATE sent_forms SET at = {ago}")
