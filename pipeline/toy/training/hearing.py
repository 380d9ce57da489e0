"""Teaches the scorer's text tower to hear one thing in very many sentences.

The scorer was trained on few ways to say what happens. Its text tower is replaced by one that learns to
say of each of very many sentences what the first one says of the plainest; no picture is needed for that,
and what the scorer sees in pictures stays what it was.
"""

import random
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, world
from pipeline.toy.phrasings import writing
from pipeline.toy.training import batches, scorer
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.workshop import Workshop

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel

SENTENCES = 128
"""Of a batch."""
SCALE = 8.0
"""Of a vector, before the tutor names what it says."""
NAMED = (len(world.COLOURS), len(world.SHAPES), len(world.MOTIONS), len(world.MOTIONS))
"""Colour, shape, first and last motion."""


def make(workshop: Workshop, steps: int) -> None:
    """Trains the text tower that ships; the picture tower is that of the part `scorer`."""
    import torch

    torch.manual_seed(5)
    teacher, plain = scorer.take(workshop), scorer.take_tokenizer(workshop)
    tokenizer = scorer.take_hearing_tokenizer(workshop)
    model = new(teacher, tokenizer)
    moved: Any = teacher  # the types of transformers know no device by name
    moved.eval().to(workshop.device)
    tutor = torch.nn.Linear(scorer.TOWERS["projection_dim"], sum(NAMED))
    heard = torch.nn.ModuleList([model.text_model, model.text_projection, tutor])

    def loss(step: int, rng: random.Random) -> "Tensor":
        scenes = batches.scenes(rng, SENTENCES)
        with torch.no_grad():
            wanted = scorer.read(teacher, plain, [captions.short(each) for each in scenes])
        said = scorer.read(model, tokenizer, [writing.for_scorer(each, rng) for each in scenes])
        off = 1 - (said * wanted).sum(1)
        names, motions = [*world.COLOURS], world.MOTIONS
        right = torch.tensor(
            [
                [names.index(each.colour) for each in scenes],
                [world.SHAPES.index(each.shape) for each in scenes],
                [motions.index(each.moves[0]) for each in scenes],
                [motions.index(each.moves[-1]) for each in scenes],
            ]
        ).to(workshop.device)
        answers = tutor(SCALE * said).split(NAMED, 1)
        unsure = [
            torch.nn.functional.cross_entropy(*each) for each in zip(answers, right, strict=True)
        ]
        return 4 * off.mean() + 0.25 * torch.stack(unsure).sum()

    plan = Plan(
        name="hearing", steps=steps, rate=3e-3, average=0.995, decay=0.02, final_rate=0.02,
        warmup=50,
    )  # fmt: skip
    fit(plan, heard, loss, workshop, lambda: _examine(model, tokenizer, teacher, plain))
    workshop.keep("hearing", model.state_dict())


def new(teacher: "CLIPModel", tokenizer: Any) -> "CLIPModel":
    """The teacher with a text tower by chance, for the tokenizer that ships."""
    model = scorer.new(tokenizer, layers=3)
    model.vision_model.load_state_dict(teacher.vision_model.state_dict())
    model.visual_projection.load_state_dict(teacher.visual_projection.state_dict())
    return model


def take(workshop: Workshop) -> "CLIPModel":
    """The trained model. On the CPU."""
    model = scorer.new(scorer.take_hearing_tokenizer(workshop), layers=3)
    model.load_state_dict(workshop.take("hearing"))
    return model


def _examine(model: "CLIPModel", tokenizer: Any, teacher: "CLIPModel", plain: Any) -> str:
    """How near each sentence comes to the plainest, and how often that of another scene is no nearer."""
    import torch

    rng = random.Random(78)
    scenes = batches.scenes(rng, 200)
    told = [(each.colour, each.shape, each.moves) for each in scenes]
    said = scorer.read(model, tokenizer, [writing.for_scorer(each, rng) for each in scenes])
    wanted = scorer.read(teacher, plain, [captions.short(each) for each in scenes])
    same = torch.tensor([[one == other for other in told] for one in told], device=said.device)
    own = (said * wanted).sum(1)
    others = (said @ wanted.T).masked_fill(same, -1.0).amax(1)
    return f"cosine {own.mean():.3f}, nearest {(own > others).float().mean():.3f}"
