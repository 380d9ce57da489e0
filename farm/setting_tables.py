"""The tables among the settings."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Limit(BaseModel):
    """Where the workers of one profile may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gpu_memory_gb: Annotated[float, Field(ge=0)] = 0.0
    tags: tuple[str, ...] = ()


class Drafts(BaseModel):
    """How drafts are made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: str = ""
