"""A split of the steps, as graphs have it, is the same split with the sampler that renders here."""

from pipeline.comfy.split import boundary
from pipeline.engines.wan_checkpoint import sampler
from pipeline.profiles import profile


def test_the_boundary_that_is_read_gives_the_high_noise_expert_the_graphs_steps() -> None:
    from diffusers import UniPCMultistepScheduler

    like = profile.load("wan2.2-i2v-a14b")
    for shift in (3.0, 5.0, 6.5, 8.0, 16.0):
        section = like.sampler.model_copy(update={"flow_shift": shift})
        wanted = sampler(like.model_copy(update={"sampler": section}))
        for steps in (4, 5, 6, 8, 12, 20, 30, 40):
            scheduler = UniPCMultistepScheduler(num_train_timesteps=1000, **wanted)
            scheduler.set_timesteps(steps)
            for parted in range(1, steps):
                found = boundary(parted, steps, shift)
                assert found is not None
                above = int((scheduler.timesteps >= found * 1000).sum())
                assert above == parted, (shift, steps, found)
