"""What the labels of a film say: the key `AIGC` of China's GB 45438-2025, IPTC's source type. Pure."""

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

KEY = "AIGC"
"""The metadata key of the implicit label."""
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's `DigitalSourceType` of what a model made."""
GENERATED = "1"
"""`Label`: is generated; `2` would be possibly, `3` suspected."""
NOBODY = "shotfarm"
"""The producer that is named where the settings name none."""
WORDS = {"zh": "人工智能生成", "en": "AI-generated"}
"""The visible label by language; the standard wants AI and generated in it."""
SECONDS = 2
"""The visible label stands for at least so long."""
SHARE = 0.05
"""Of the picture's shorter side, the least height of its letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who made a film, and which of theirs it is."""

    production: str
    shot: str
    take: int
    attempt: int
    sha256: str
    """Of the clip as it was sealed."""
    producer: str = ""
    """The name of who makes films, or a code."""

    @property
    def produce_id(self) -> str:
        """The producer's unique name of the film."""
        return f"{self.production}/{self.shot}/{self.take}/{self.attempt}"


def aigc(origin: Origin) -> str:
    """The value of the implicit label: JSON of strings (annex E).

    Who distributes a film adds its own name; the reserved field has the checksum of the clip that was made.
    """
    fields = {
        "Label": GENERATED,
        "ContentProducer": origin.producer or NOBODY,
        "ProduceID": origin.produce_id,
        "ReservedCode1": origin.sha256,
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def xmp(source_type: str = SOURCE_TYPE) -> bytes:
    """An XMP packet that says where a film is from."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">\n'
        f"<Iptc4xmpExt:DigitalSourceType>{escape(source_type)}</Iptc4xmpExt:DigitalSourceType>\n"
        "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()
