"""The table of a profile that says whether takes are ended that will not be accepted."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.profiles.sections import Section


class EarlySection(Section):
    """A look at the unfinished clip, some steps below the boundary: one that matches too little is not
    rendered to its end. No part of `revision`: what is rendered on has the frames that it always had."""

    mode: Literal["off", "shadow", "live"] = "off"
    """`shadow` only writes down what it sees; `live` ends takes, and wants the record that `farm calibrate
    --early` makes of takes in shadow."""
    step: int = Field(default=2, ge=1)
    """Steps below the boundary after which a take is looked at; right at the boundary a clip is too soft
    for a scorer that was taught on sharp ones."""
    threshold: float | None = Field(default=None, ge=0, le=1)
    """Match below which a take ends; without one that of the record, and never a higher one."""
    audit: float = Field(default=0.05, gt=0, le=1)
    """Share of the takes that are rendered on whatever is seen, so that the record can be made anew."""
    decoder: str = ""
    """The tiny decoder that a look is taken through: `builtin:toy-preview`, or the path of a file of
    TAEHV's kind as safetensors (for Wan `taew2_1.safetensors`), from the folder of weights on. It is never
    fetched."""

    @model_validator(mode="after")
    def _sees_something(self) -> Self:
        if self.mode != "off" and not self.decoder:
            raise ValueError(
                f'early.mode "{self.mode}" looks at unfinished clips, and early.decoder names no tiny '
                'decoder: name its file, or set early.mode to "off"'
            )
        return self
