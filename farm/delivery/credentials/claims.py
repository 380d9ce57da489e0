"""What content credentials claim of a film: how it was made, of what, and what was done to it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from farm.delivery.ai_labels.values import SOURCE_TYPE

ACTIONS = "c2pa.actions.v2"
STILL, MASTER = "still", "master"
"""Names of the ingredients, by which actions point to them."""
PLAIN_CONFORMS = ("repeat", "speed")
"""Ways to another rate that draw no new pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A film that is to be signed."""

    title: str
    model: str = ""
    """What drew it, with its revision; empty where a client gets no recipe."""
    revision: str = ""
    when: str = ""
    """When it was made, ISO 8601; empty where nobody knows."""


def of_master(subject: Subject, generator: Mapping[str, str], *, still: bool) -> dict[str, Any]:
    """The claim of a clip as it was made: a model drew it, from its still if there is one."""
    action: dict[str, Any] = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": _agent(subject, generator),
    }
    if subject.when:
        action["when"] = subject.when
    if still:
        action["parameters"] = {"ingredientIds": [STILL]}
    return _claim(subject, generator, [action])


def of_derived(
    subject: Subject, generator: Mapping[str, str], done: Sequence[Mapping[str, Any]], when: str
) -> dict[str, Any]:
    """The claim of what was made of a clip: it was opened, and then these steps were taken.

    Each step has `name`, `tool` and `options`, as manifests have them.
    """
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [MASTER]}}
    later = [{**_action(step), "when": when} for step in done if changes_pictures(step["name"])]
    return _claim(subject, generator, [opened, *later])


def changes_pictures(step: str) -> bool:
    """Whether a step of this name makes other pictures, or codes them anew."""
    return step in ("conform", "label", "mezzanine")


def ingredient(name: str, title: str) -> dict[str, str]:
    """What an ingredient says of itself: the still that a clip begins with, or the clip itself."""
    relationship = {STILL: "inputTo", MASTER: "parentOf"}[name]
    return {"title": title, "relationship": relationship, "label": name}


def _agent(subject: Subject, generator: Mapping[str, str]) -> dict[str, str]:
    if not subject.model:
        return dict(generator)
    return {"name": subject.model, "version": subject.revision}


def _action(step: Mapping[str, Any]) -> dict[str, Any]:
    options = step["options"]
    if step["name"] == "label":
        words = f"the words “{options.get('words', '')}” were put on its first seconds"
        return {"action": "c2pa.edited", "description": words, "softwareAgent": _tool(step)}
    plain = step["name"] == "mezzanine" or options.get("way") in PLAIN_CONFORMS
    told = ", ".join(f"{key} {value}" for key, value in options.items() if _short(value))
    return {
        "action": "c2pa.transcoded" if plain else "c2pa.edited",
        "description": f"{step['name']}: {told}" if told else step["name"],
        "softwareAgent": _tool(step),
    }


def _tool(step: Mapping[str, Any]) -> dict[str, str]:
    name, _, version = str(step["tool"]).partition(" ")
    return {"name": name, "version": version} if version else {"name": name}


def _short(value: object) -> bool:
    return isinstance(value, str | int | float) and len(str(value)) <= 60


def _claim(
    subject: Subject, generator: Mapping[str, str], actions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "claim_generator_info": [dict(generator)],
        "title": subject.title,
        "assertions": [{"label": ACTIONS, "data": {"actions": [dict(each) for each in actions]}}],
    }
