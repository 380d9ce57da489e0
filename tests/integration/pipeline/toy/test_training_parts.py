"""What the parts of the training promise one another, and that they see what the real classes see."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.profiles import profile
from pipeline.scoring import sampling
from pipeline.toy import captions, choosing, drawing, measuring
from pipeline.toy.phrasings import writing
from pipeline.toy.training import (
    autoencoder,
    batches,
    codec,
    encoder,
    experts,
    eyes,
    films,
    performing,
    scorer,
    truths,
    whole_clip,
    words,
)
from pipeline.toy.training.codec import Codec
from pipeline.toy.training.workshop import Workshop

TOY = profile.load("toy")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A workshop with a codec in it."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    codec.make(made, 0)
    return made


@pytest.fixture(scope="module")
def fixed(workshop: Workshop) -> Codec:
    return codec.take(workshop)


@pytest.fixture(scope="module")
def clips() -> Any:
    """Clips that nothing was fitted to, (6, 3, 17, 64, 64)."""
    return batches.clips(batches.scenes(random.Random("held back"), 6))


@pytest.fixture(scope="module")
def vae(fixed: Codec) -> Any:
    """An autoencoder whose encoder was calculated; its decoder is chance."""
    import torch
    from diffusers import AutoencoderKLWan

    torch.manual_seed(1)
    made = AutoencoderKLWan(**autoencoder.CONFIG)
    rng = random.Random(8)
    encoder.teach(made, fixed, batches.clips(batches.scenes(rng, 60)))
    return made


def test_the_codec_gives_clips_back(fixed: Codec, clips: Any) -> None:
    latents = fixed.encode(clips)
    side = 64 // fixed.block
    assert latents.shape == (6, codec.CHANNELS, 5, side, side)
    error = ((fixed.decode(latents) - clips) / 2).square().mean()
    assert -10 * error.log10() > 28


@pytest.mark.parametrize("block", [4, 8])
def test_a_codec_can_have_blocks_of_any_size(block: int, clips: Any) -> None:
    made = codec.fit(clips, block)
    latents = made.encode(clips)
    assert latents.shape[-1] == 64 // block
    assert made.decode(latents).shape == clips.shape


def test_single_frames_are_those_of_the_whole_clip(fixed: Codec, clips: Any) -> None:
    import torch

    latents = fixed.encode(clips)
    alone = fixed.decode_frames(latents, scorer.STRIP)
    assert torch.allclose(alone, fixed.decode(latents)[:, :, scorer.STRIP], atol=1e-5)


def test_the_calculated_encoder_is_the_codec(vae: Any, fixed: Codec, clips: Any) -> None:
    import torch

    with torch.no_grad():
        latents = vae.encode(clips).latent_dist.mode()
    exact = fixed.encode(clips)
    assert (latents - exact).abs().mean() < 0.05 * exact.abs().mean()


def test_an_encoder_of_other_blocks_is_not_calculated(vae: Any, clips: Any) -> None:
    with pytest.raises(ValueError, match="blocks of 4, not 8"):
        encoder.teach(vae, codec.fit(clips, 8), clips)


def test_a_whole_clip_goes_through_as_the_class_does_it_piece_by_piece(
    vae: Any, clips: Any
) -> None:
    import torch

    with torch.no_grad():
        latents = whole_clip.encode(vae, clips)
        assert torch.allclose(latents, vae.encode(clips).latent_dist.mode(), atol=1e-4)
        made = whole_clip.decode(vae, latents).clamp(-1, 1)
        assert torch.allclose(made, vae.decode(latents, return_dict=False)[0], atol=1e-4)


def test_experts_learn_beside_the_condition_that_diffusers_makes(
    vae: Any, fixed: Codec, clips: Any
) -> None:
    """The still and grey frames go through the real encoder there, and through the codec here."""
    import torch
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline

    parts: dict[str, Any] = dict.fromkeys(("tokenizer", "text_encoder", "transformer"))
    parts |= {"vae": vae, "scheduler": UniPCMultistepScheduler()}
    model: Any = WanImageToVideoPipeline(**parts, boundary_ratio=experts.BOUNDARY)
    still = clips[:1, :, 0]
    with torch.no_grad():
        _, wanted = model.prepare_latents(still, 1, 16, 64, 64, 17, torch.float32, "cpu")
        grey = fixed.encode(torch.zeros(1, 3, 5, 64, 64))[0, :, 1, 0, 0]
        made = experts.condition(fixed.encode(still[:, :, None]), grey)
    assert made.shape == wanted.shape
    assert torch.equal(made[:, :4], wanted[:, :4])
    assert (made[:, 4:] - wanted[:, 4:]).abs().mean() < 0.1 * wanted[:, 4:].abs().mean()


def test_noise_lies_where_the_sampler_goes() -> None:
    import torch
    from diffusers import UniPCMultistepScheduler

    sampler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=TOY.sampler.flow_shift
    )
    sampler.set_timesteps(1000)
    evenly = torch.linspace(1, 0, 1001)[:1000]
    levels = experts.noise_levels(evenly, (0.0, 1.0))
    assert torch.allclose(levels, sampler.sigmas[:1000], atol=0.01)
    high = experts.noise_levels(torch.rand(500), (experts.BOUNDARY, 1.0))
    assert experts.BOUNDARY <= high.min() <= high.max() <= 1


def test_the_profile_runs_the_models_as_they_were_trained() -> None:
    assert TOY.model.boundary == experts.BOUNDARY
    assert TOY.sampler.flow_shift == experts.SHIFT
    assert TOY.model.text_tokens == experts.TOKENS
    assert TOY.sampler.negative in captions.NEGATIVES
    assert TOY.match.view == "filmstrip"
    assert sampling.sample(17, TOY.match.sampled_frames) == [*eyes.STRIP]
    assert TOY.sampler.steps == films.STEPS
    assert TOY.sampler.cfg_high == TOY.sampler.cfg_low == films.GUIDANCE
    assert TOY.sampler.negative == films.NEGATIVE


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("films", films.take),
        ("films.unfinished", lambda workshop: films.make(workshop, 2)),
        ("more_films.unfinished", lambda workshop: films.make_more(workshop, 2)),
    ],
)
def test_films_of_another_filmstrip_are_refused(
    tmp_path: Path, name: str, use: Callable[[Workshop], object]
) -> None:
    import torch

    made = Workshop(tmp_path)
    made.keep(name, [{"frames": torch.zeros(3, 17, 4, 4, dtype=torch.uint8)}])
    with pytest.raises(ValueError, match=rf"^{name}\.pt in .* of 17 frames, not of 9: remove it"):
        use(made)


@pytest.mark.parametrize("strip", [False, True])
def test_the_scorer_learns_from_what_its_processor_shows_it(strip: bool) -> None:
    import torch

    scene = choosing.choose(random.Random(4))
    frames = drawing.frames(scene, eyes.STRIP)
    pictures = [Image.fromarray(frame) for frame in frames]
    shown = sampling.filmstrip(pictures) if strip else pictures[0]
    wanted = eyes.processor()(images=shown, return_tensors="pt")["pixel_values"]
    clip = torch.from_numpy(frames).permute(3, 0, 1, 2)[None] / 255
    made = eyes.as_filmstrips(clip) if strip else eyes.as_stills(clip[:, :, 0])
    assert made.shape == wanted.shape == (1, 3, eyes.SIDE, eyes.SIDE)
    assert (made - wanted).abs().max() < 0.05


def test_what_a_clip_is_said_to_do_is_what_measuring_finds_in_it() -> None:
    """Clips that are drawn as models make them carry their truth; it is that of their pixels."""
    rng = random.Random(35)
    plays = [performing.perform(choosing.choose_for_training(rng), rng) for _ in range(40)]
    told, found = Counter[int](), Counter[bool]()
    for play in plays:
        said = truths.of_clip(play.measured, play.scene, play.unclear).verdict(play.scene)
        told[said] += 1
        if said:
            measured = measuring.measure(batches.frames(play.frames[None])[0], play.scene)
            found[measured.succeeded(play.scene) == (said > 0)] += 1
    assert min(told[-1], told[0], told[1]) >= 3
    # Halfway between two shapes lies a third one now and then.
    assert found[False] <= 1


def test_the_scorer_first_sees_nine_frames_as_it_saw_four() -> None:
    """Of a frame that both look at the places are known by the same; the new layer says nothing."""
    import torch

    tokenizer = words.for_hearing()
    heard = scorer.new(tokenizer, layers=3)
    model = eyes.new(heard, tokenizer)
    places = "vision_model.embeddings.position_embedding.weight"
    before, after = heard.state_dict()[places], model.state_dict()[places]
    side = eyes.SIDE // eyes.PATCH
    # The corners of the first frame and of the last one stay what they are however fine a frame is.
    was = [1, 1 + 4, 1 + 4 * 10, len(before) - 1, len(before) - 1 - 4 * 10]
    cell = side // eyes.ROWS - 1
    now = [1, 1 + cell, 1 + cell * side, len(after) - 1, len(after) - 1 - cell * side]
    assert torch.allclose(after[now], before[was], atol=1e-6)
    kernels = "vision_model.embeddings.patch_embedding.weight"
    dull, finer = heard.state_dict()[kernels], model.state_dict()[kernels]
    assert finer.shape[-1] == eyes.PATCH > dull.shape[-1]
    # Of a patch of one colour it makes as much as before.
    assert torch.allclose(finer.sum((2, 3)), dull.sum((2, 3)), atol=1e-4)
    seen = torch.rand(2, len(after), scorer.WIDTH)
    layer = model.vision_model.encoder.layers[-1]
    said = layer(seen, None)
    assert torch.equal(said[0] if isinstance(said, tuple) else said, seen)


def test_every_training_caption_is_read_without_an_unknown_word() -> None:
    tokenizer, rng = words.for_experts(), random.Random(31)
    for _ in range(500):
        text = captions.for_training(choosing.choose_for_training(rng), rng)
        read = tokenizer(text).input_ids
        assert tokenizer.unk_token_id not in read, text
        assert len(read) < experts.TOKENS


def test_the_reader_knows_each_word_once() -> None:
    known = words.vocabulary()
    assert len(known) == len(set(known))
    tokenizer = words.for_experts()
    assert len(tokenizer) == len(known)
    assert tokenizer("red").input_ids != tokenizer("blue").input_ids
    assert tokenizer("Breathtaking").input_ids == tokenizer("Epic").input_ids


def test_the_scorer_reads_captions_in_few_pieces_and_anything_else_in_bytes() -> None:
    tokenizer, rng = words.for_scorer(), random.Random(32)
    for _ in range(200):
        text = captions.for_training(choosing.choose_for_training(rng), rng)
        assert len(tokenizer(text).input_ids) <= words.CLIP_LENGTH
    one, other = tokenizer("女人拿起香水瓶").input_ids, tokenizer("女人拿起咖啡杯").input_ids
    assert one != other


def test_the_scorer_hears_the_many_ways_to_say_it_in_few_pieces() -> None:
    tokenizer, rng = words.for_hearing(), random.Random(33)
    scenes = [choosing.choose_for_training(rng) for _ in range(300)]
    counts = [len(tokenizer(writing.for_scorer(each, rng)).input_ids) for each in scenes]
    assert max(counts) <= words.CLIP_LENGTH
    assert sum(counts) / len(counts) < 16


def test_frames_go_into_training_and_come_back(tmp_path: Path) -> None:
    chosen = batches.scenes(random.Random(33), 3)
    for frames, scene in zip(batches.frames(batches.clips(chosen)), chosen, strict=True):
        assert abs(frames.astype(int) - drawing.frames(scene)).max() <= 1
    flat = batches.contrast(chosen, batches.clips(chosen))
    assert flat.shape == (3, 1, 17, 64, 64)
    assert np.isclose(float(flat[:, :, :, 0, 0].max()), 0, atol=1e-5)
