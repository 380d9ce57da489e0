"""Makes a film that editing systems decode at once: DNxHR or ProRes in a QuickTime file, in BT.709."""

from dataclasses import dataclass
from pathlib import Path

from farm.delivery.conform import BT709, KEEP_TAGS, counted
from farm.delivery.ffmpeg import EXACT, Ffmpeg, argument
from farm.delivery.steps import Step, header_colour
from farm.errors import Refused
from pipeline.clips.encode import opened

_OPTIONS: dict[str, tuple[str, ...]] = {
    "dnxhr_hq": ("-c:v", "dnxhd", "-profile:v", "dnxhr_hq", "-pix_fmt", "yuv422p"),
    "prores_422": ("-c:v", "prores_ks", "-profile:v", "standard", "-pix_fmt", "yuv422p10le"),
    "prores_hq": ("-c:v", "prores_ks", "-profile:v", "hq", "-pix_fmt", "yuv422p10le"),
}
KINDS = tuple(_OPTIONS)
SMALLEST = {"dnxhr_hq": (256, 120)}
"""Width and height below which there is no such film."""
_TAGGED = {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "tv"}


@dataclass(frozen=True)
class Mezzanine:
    """Makes a mezzanine of one of `KINDS`.

    It brings back nothing that the clip lost, and ffmpeg's ProRes is not certified by Apple.
    """

    ffmpeg: Ffmpeg
    kind: str

    @property
    def encoder(self) -> str:
        """As ffmpeg names it."""
        return _OPTIONS[self.kind][1]

    def check(self) -> None:
        """Raises `Refused` where the ffmpeg at hand has no such encoder."""
        if self.encoder not in self.ffmpeg.encoders():
            raise Refused(
                f"{self.ffmpeg.name} has no encoder {self.encoder}, which {self.kind} needs: take the "
                "ffmpeg of imageio-ffmpeg (no `ffmpeg` in the settings), or another mezzanine"
            )

    @property
    def wanted(self) -> Step:
        return Step("mezzanine", self.ffmpeg.name, {"kind": self.kind})

    def __call__(self, source: Path, to: Path) -> Step:
        with opened(source) as container:
            size = (container.streams.video[0].width, container.streams.video[0].height)
        least = SMALLEST.get(self.kind, (2, 2))
        if size[0] < least[0] or size[1] < least[1] or size[0] % 2:
            raise Refused(
                f"a clip of {size[0]} x {size[1]} cannot be {self.kind}, which begins at {least[0]} x "
                f"{least[1]} and wants an even width: take prores_422 or none"
            )
        before = counted(source)
        self.ffmpeg.run([
            "-threads", "1", "-i", argument(source), "-map", "0:v:0", "-an", "-filter_threads", "1",
            # Chroma is widened within BT.709 and its range: nothing else of the colours changes.
            "-vf", "scale=in_color_matrix=bt709:out_color_matrix=bt709:in_range=tv:out_range=tv"
            ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
            *_OPTIONS[self.kind], "-threads", "1", *BT709, *KEEP_TAGS, *EXACT, "-f", "mov", argument(to),
        ])  # fmt: skip
        if (after := counted(to)) != before:
            raise Refused(
                f"{self.kind} came out with {after[0]} frames of {before[0]}: none is delivered"
            )
        if (found := header_colour(to)) != _TAGGED:
            raise Refused(f"{self.kind} came out with colours tagged {found}, not as BT.709")
        return Step("mezzanine", self.ffmpeg.name, {"kind": self.kind, "encoder": self.encoder})
