"""Holds the two films of a pair against each other, and both takes against the same lines."""

from farm.domain.comparison import JudgedTake, Pair
from farm.domain.stand_in import PlannedPair
from farm.errors import Refused
from pipeline.clips import encode, fidelity
from pipeline.coverage import Coverage
from pipeline.profiles.profile import Profile
from pipeline.result import TakeResult, Verdict, Zones
from pipeline.scoring import calibration_file
from pipeline.storage.files import Frames
from pipeline.storage.protocol import Media
from pipeline.take import verdict


def zones_of(media: Media, exact: Profile, scorer: str) -> Zones:
    """Where the exact profile's gate draws its lines now. Raises `RenderFault`."""
    found = calibration_file.read(media, exact.name, scorer)
    return found.zones if found else Zones.at(exact.match.threshold)


def judged(
    media: Media, pair: PlannedPair, exact: TakeResult, stand_in: TakeResult, zones: Zones
) -> Pair:
    """A pair whose takes are made. Raises `Refused` for a film that cannot be read."""
    films = _film(media, exact), _film(media, stand_in)
    return Pair(
        shot=pair.shot,
        number=pair.number,
        seed=pair.seed,
        exact=_judged(exact, zones),
        stand_in=_judged(stand_in, zones),
        psnr=fidelity.psnr(*films),
        ssim=fidelity.ssim(*films),
    )


def _film(media: Media, take: TakeResult) -> Frames:
    try:
        with media.get(take.clip.path) as place:
            return encode.read(place)
    except (OSError, ValueError) as error:
        raise Refused(
            f"{media.where(take.clip.path)} cannot be read ({error}): delete it, and the same command "
            "makes it again"
        ) from error


def _judged(take: TakeResult, zones: Zones) -> JudgedTake:
    coverage = take.coverage
    if coverage is None and take.verdict is not Verdict.UNSCORED:
        coverage = Coverage(stages=())  # kept from before it was asked
    return JudgedTake(
        verdict=verdict(take.match, take.findings, zones, coverage),
        match=take.match.score,
        findings=tuple(sorted({each.code for each in take.findings})),
        clip=take.clip.path,
        seconds=take.seconds,
        device=take.device,
    )
