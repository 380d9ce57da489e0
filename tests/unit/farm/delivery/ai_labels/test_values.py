"""The implicit label says what GB 45438-2025 asks for, and XMP what IPTC does."""

import json
from dataclasses import replace

import pytest
from defusedxml import ElementTree

from farm.delivery.ai_labels.values import NOBODY, WORDS, Origin, aigc, xmp

ORIGIN = Origin(
    production="耐克 ss27", shot="镜头01", take=2, attempt=3, sha256="ab" * 32, producer="一家公司"
)


def test_the_label_is_json_of_strings_with_the_fields_of_the_standard() -> None:
    assert json.loads(aigc(ORIGIN)) == {
        "Label": "1",
        "ContentProducer": "一家公司",
        "ProduceID": "耐克 ss27/镜头01/2/3",
        "ReservedCode1": "ab" * 32,
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    assert "镜头01" in aigc(ORIGIN), "readers that show it as it is show it to people"


def test_a_producer_that_nobody_set_is_the_farm() -> None:
    assert json.loads(aigc(replace(ORIGIN, producer="")))["ContentProducer"] == NOBODY == "shotfarm"


@pytest.mark.parametrize("name", ['a"b\\c', "a\nb", "{}", "'; --", "🎬" * 50])
def test_no_name_breaks_out_of_the_label(name: str) -> None:
    said = json.loads(aigc(replace(ORIGIN, producer=name, shot=name)))
    assert (said["ContentProducer"], said["ProduceID"]) == (name, f"耐克 ss27/{name}/2/3")
    assert set(said) == set(json.loads(aigc(ORIGIN)))


def test_two_attempts_have_two_names() -> None:
    assert ORIGIN.produce_id != replace(ORIGIN, attempt=4).produce_id


def test_xmp_is_xml_with_the_source_type_of_what_a_model_made() -> None:
    tree = ElementTree.fromstring(xmp())
    (element,) = tree.iter("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert element.text == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )


def test_the_visible_words_name_ai_and_that_it_generated() -> None:
    assert "人工智能" in WORDS["zh"]
    assert "生成" in WORDS["zh"]
    assert "AI" in WORDS["en"]
    assert "generated" in WORDS["en"]
