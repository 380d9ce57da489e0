"""The yardstick: the diffusers pipeline called in a loop, in one process, with nothing around it.

`python -m tests.benchmarks.bare RECIPES.json MEDIA` prints the seconds of the loop.
"""

import json
import sys
import time
from pathlib import Path


def loop(recipes: Path, media: Path) -> float:
    """Wall seconds of one plain `pipe(...)` call for each recipe but the first, which warms up."""
    import torch
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline
    from PIL import Image

    from pipeline.models import weights
    from pipeline.profiles import profile
    from pipeline.recipe import Recipe
    from pipeline.storage.names import still_path

    wanted = [Recipe.from_dict(each) for each in json.loads(recipes.read_text())]
    toy = profile.load(wanted[0].profile)
    folder = weights.folder(toy.model.weights, None)
    pipe = WanImageToVideoPipeline.from_pretrained(folder, dtype=torch.float32)
    pipe.scheduler = UniPCMultistepScheduler.from_config(
        pipe.scheduler.config, flow_shift=toy.sampler.flow_shift
    )
    pipe.set_progress_bar_config(disable=True)

    def call(recipe: Recipe) -> None:
        pipe(
            image=Image.open(media / still_path(recipe.still)).convert("RGB"),
            prompt=recipe.prompt,
            negative_prompt=recipe.negative,
            height=recipe.height,
            width=recipe.width,
            num_frames=recipe.frames,
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.cfg_high,
            guidance_scale_2=recipe.cfg_low,
            generator=torch.Generator("cpu").manual_seed(recipe.seed),
            max_sequence_length=toy.model.text_tokens,
        )

    call(wanted[0])
    start = time.perf_counter()
    for recipe in wanted[1:]:
        call(recipe)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{loop(Path(sys.argv[1]), Path(sys.argv[2])):.4f}\n")
