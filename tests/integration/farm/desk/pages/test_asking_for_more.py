"""Retakes as people wish them, what the lint says meanwhile, and comments with what was drawn."""

import html
import json
import re

import pytest

from farm.domain.lifecycle import TakeStatus
from farm.domain.roles import Role
from farm.operations import comment as comments
from farm.store.queries import shot_story
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import PROMPT, Pages, Visit, png
from tests.integration.farm.store.conftest import dump, log

AT = "/p/ads/s/sh010"


def test_a_retake_with_every_field_is_ordered_so(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.send(
            f"{AT}/retake?sort=code",
            [("image", "Neu.PNG", png("olive"))],
            [
                ("prompt", "a red bicycle rolls to the left"),
                ("prompt_before", PROMPT),
                ("cfg", "5.5"),
                ("seed", "42"),
                ("seconds", "1"),
                ("negative", "people"),
                ("why", "it should roll"),
                ("newest", "1"),
                ("known", "accepted"),
            ],
        )
        assert (answer.status, answer.headers["Location"]) == (303, f"{AT}?sort=code")
        take = shot_story.tell(desk.store, "ads", "sh010").takes[-1]
        assert (take.number, take.status) == (2, TakeStatus.WAITING)
        recipe = take.recipe
        assert recipe["prompt"] == "a red bicycle rolls to the left"
        assert (recipe["cfg_high"], recipe["seed"], recipe["frames"]) == (5.5, 42, 9)
        assert recipe["negative"].endswith("people")
        assert recipe["still"] != "5" * 64
        assert (await desk.get(f"{AT}/still/2")).status == 200
        assert "it should roll" in await desk.text(AT)

    visit(story)


def test_a_retake_of_four_seconds_is_ordered_in_segments(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        asked = {"prompt": "the bicycle rolls, then it turns", "prompt_before": PROMPT}
        answer = await desk.post(f"{AT}/retake", {**asked, "seconds": "4"})
        assert answer.status == 303
        recipe = shot_story.tell(desk.store, "ads", "sh010").takes[-1].recipe
        assert recipe["frames"] == 33
        told = [(each["frames"], each["prompt"]) for each in recipe["segments"]]
        assert told == [(17, "the bicycle rolls"), (17, "the bicycle turns")]

    visit(story)


def test_a_retake_simplifies_what_is_asked_and_nothing_that_was_not_typed(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        long = "a red bicycle turns on a white table, cinematic lighting, 8k, masterpiece"
        await desk.post(f"{AT}/retake", {"prompt": long, "prompt_before": PROMPT})
        simpler = {"prompt": f"{long}\r\n", "prompt_before": long, "simplify": "L3"}
        assert (await desk.post(f"{AT}/retake", simpler)).status == 303
        recipe = shot_story.tell(desk.store, "ads", "sh010").takes[-1].recipe
        assert "bicycle turns" in recipe["prompt"]
        assert "masterpiece" not in recipe["prompt"]
        assert recipe["cfg_high"] == 3.5

    visit(story)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"newest": "0"}, "take 1"),
        ({"known": "pending"}, "accepted"),
        ({"cfg": "11"}, "guidance: 11 is not above 0 and at most 10"),
        ({"cfg": "nan"}, "guidance: nan is not above 0"),
        ({"cfg": "much"}, "guidance: 'much' is no number"),
        ({"simplify": "L9"}, "simplify: 'L9' is none of L1, L2, L3"),
        ({"seed": "-1"}, "seed: -1 is out of range"),
        ({"seed": "x"}, "seed: "),
        ({"seconds": "long"}, "seconds: 'long' is not a number of seconds"),
        ({"seconds": "5"}, "5 s is longer than toy makes: at most 4.12 s"),
        ({"seconds": "0"}, "seconds: a clip of 0 seconds shows nothing"),
        ({"prompt": "x" * 2001}, "prompt: it has 2001 characters"),
        ({"prompt": "TODO"}, "prompt: "),
        ({"negative": "x" * 2001}, "negative: it has 2001 characters"),
        ({"why": "x" * 501}, "why: 501 characters; at most 500 are kept"),
        ({"prompt": "a\x1bb"}, "prompt: it holds an invisible character (U+001B)"),
    ],
)
def test_what_no_take_can_be_made_of_is_refused_and_what_was_typed_stays(
    visit: Visit, fields: dict[str, str], told: str
) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        sent = {"action": "retake", "prompt": "a circle moves", **fields}
        page = html.unescape(await desk.said(f"{AT}/retake", 409, sent))
        assert told in page
        assert dump(desk.store) == before
        if fields.keys().isdisjoint({"prompt", "why", "negative"}):
            assert ">a circle moves</textarea>" in page
            assert '<details class="retake" id="retake" open>' in page

    visit(story)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", png("teal")[:100]], ids=["empty", "words", "half"]
)
def test_a_still_that_is_no_picture_is_refused(visit: Visit, content: bytes) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        answer = await desk.send(f"{AT}/retake", [("image", "a.p/n\\g", content)], [("seed", "3")])
        assert answer.status == 409
        assert "That was not done" in await answer.text()
        assert dump(desk.store) == before

    visit(story)


def test_no_retake_while_a_take_renders(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.said("/p/ads/s/sh050/retake", 409, {"seed": "5"})
        assert "is rendering" in page

    visit(story)


def test_the_lint_speaks_while_one_types(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.said(
            f"{AT}/lint", 200, {"prompt": "cinematic 8k masterpiece, no people", "seconds": "1."}
        )
        assert "<li" in page
        assert "<dt>L1</dt>" in page
        assert "<html" not in page
        assert (await desk.said(f"{AT}/lint", 200, {"seconds": "x"})).count("<dt>") == 0
        assert await desk.said(f"{AT}/lint", 200, {"prompt": "a " * 9000})
        with_script = await desk.said(f"{AT}/lint", 200, {"prompt": "<script>, no <b>people</b>"})
        assert "<script>" not in with_script

    visit(story)


def test_a_comment_with_a_mark_at_a_frame_is_kept_shown_and_seen_to(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        mark = [[[0.1, 0.2], [0.3, 0.4]]]
        fields = {"text": "too <dark>\r\nhere", "take": "1", "frame": "3", "mark": json.dumps(mark)}
        answer = await desk.post(f"{AT}/comments?sort=code", fields)
        assert (answer.status, answer.headers["Location"]) == (303, f"{AT}?sort=code#comments")
        [kept] = comments.comments(desk.store, "ads", "sh010")
        assert (kept.text, kept.take, kept.frame, kept.who) == ("too <dark>\nhere", 1, 3, "root")
        assert kept.mark == (((0.1, 0.2), (0.3, 0.4)),)
        page = await desk.text(AT)
        assert "too &lt;dark&gt;" in page
        [drawn] = re.findall(r'data-mark="([^"]+)"', page)
        assert json.loads(html.unescape(drawn)) == mark
        assert 'data-take="1" data-frame="3"' in page

        seen = await desk.post(f"{AT}/comments/{kept.id}/resolve")
        assert seen.status == 303
        assert comments.comments(desk.store, "ads", "sh010")[0].resolved_by == "root"
        other = comments.comment(desk.store, "ads", "sh010", "and here", who="bert")
        comments.resolve(desk.store, "ads", other.id, who="bert")
        assert "was resolved by bert" in await desk.said(
            f"{AT}/comments/{other.id}/resolve", 409, {}
        )
        await desk.said(f"{AT}/comments/99/resolve", 409, {})
        await desk.said(f"/p/film/s/sh010/comments/{kept.id}/resolve", 409, {})

    visit(story)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "the comment has no words"),
        ({"text": "x" * 4001}, "4,001 characters"),
        ({"text": "a\0b"}, "invisible character (U+0000)"),
        ({"text": "hi", "take": "9"}, "9"),
        ({"text": "hi", "take": "1", "frame": "17"}, "has no frame 17"),
        ({"text": "hi", "take": "1", "frame": "-1"}, "has no frame -1"),
        ({"text": "hi", "mark": "[[[0.1, 2]]]"}, "not two numbers from 0 to 1"),
        ({"text": "hi", "mark": "[[[NaN, 0]]]"}, "not two numbers from 0 to 1"),
        ({"text": "hi", "mark": "{"}, "mark: it is no drawing"),
        ({"text": "hi", "mark": "[" * 9000}, "mark: it is no drawing"),
        ({"text": "hi", "mark": '{"a": 1}'}, "no list of strokes"),
        ({"text": "hi", "take": "1" * 5000}, "take: "),
    ],
)
def test_what_is_no_comment_is_refused(visit: Visit, fields: dict[str, str], told: str) -> None:
    async def story(desk: Pages) -> None:
        page = html.unescape(await desk.said(f"{AT}/comments", 409, fields))
        assert told in page
        assert comments.comments(desk.store, "ads", "sh010") == ()

    visit(story)


def test_a_comment_of_a_client_is_signed_by_the_link(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.sign_in(desk.open("ads", ("sh010", 1), comment=True), "/c")
        assert (await desk.post(f"{AT}/comments", {"text": "lovely", "take": "1"})).status == 303
        assert log(desk.store)[-1].who == "Nike (link 1)"
        page = await desk.text(AT)
        assert "lovely" in page
        assert "/resolve" not in page
        assert (await desk.post(f"{AT}/comments/1/resolve")).status == 403
        await desk.sign_in(desk.add("anna", Role.PRODUCER))
        assert (await desk.post(f"{AT}/comments/1/resolve")).status == 303

    visit(story, TOKENS)
