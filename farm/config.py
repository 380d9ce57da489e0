"""Settings: `farm.toml`, then the environment (`FARM_*`), then options; checked once, all together."""

import getpass
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadSettings

from farm.addresses import why_no_address, why_no_header, why_no_network
from farm.errors import SettingsError
from farm.setting_problems import is_of_a_service, sentence, strange_variables
from farm.setting_tables import Credentials, Drafts, Labels, Limit

FILE = "farm.toml"
WANTED = {
    "notify": (why_no_address, "https://host/path"),
    "desk_address": (why_no_address, "http://host:port"),
    "desk_user_header": (why_no_header, "one as X-Forwarded-User"),
}
"""What says that a setting cannot be, and one that can."""
TABLES = {
    "drafts": '{"profile": "our-draft"}',
    "path_map": r'{"C:\\shoot": "/mnt/shoot"}',
    "limits": '{"toy": {"gpu_memory_gb": 24}}',
    "labels": '{"producer": "Studio"}',
    "credentials": '{"certificate": "signer.pem"}',
}
"""The settings that are tables, and how the environment has one."""


class Settings(BaseSettings):
    """Everything that can be set, with its default and its reason."""

    model_config = SettingsConfigDict(env_prefix="FARM_", extra="forbid", frozen=True)

    database: str = Field(
        "sqlite:///farm.db",
        description="The production database. SQLite serves one machine; a cluster of runs wants "
        "postgresql://user@host/name. Keep passwords out of this file: use FARM_DATABASE or ~/.pgpass.",
    )
    media: Path = Field(
        Path("media"),
        description="The media root: stills and clips. On a cluster a folder that every node reaches.",
    )
    profile: str = Field(
        "toy", description="The model for shots that name none, and the one that runs load."
    )
    profiles: Path | None = Field(
        None, description="A folder with profiles of your own (TOML), looked in first."
    )
    drafts: Drafts = Field(
        Drafts(),
        description="How `farm submit --draft` makes drafts: a table [drafts] with profile, the model for "
        "them; where none is named, the one called as the shot's own, with -draft.",
    )
    weights: Path | None = Field(
        None, description="A folder that model weights are looked for in, before any hub."
    )
    proposer: str = Field(
        "",
        description="A local language model (a folder, or a name under `weights` or on the hub) that may "
        "propose simpler prompts to `farm lint` and `farm retake`; empty leaves it to the rules. What "
        "it proposes beyond cutting is thrown away.",
    )
    picture_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="Folders beside a shot list's own that its pictures may lie in."
    )
    path_map: dict[str, Path] = Field(
        default_factory=dict,
        description="Where folders of other machines lie here: a table [path_map] with lines such as "
        "'C:\\shoot' = \"/mnt/shoot\" or '\\\\nas\\share' = \"/mnt/share\". Pictures may lie in them.",
    )
    max_megapixels: float = Field(
        100.0, gt=0, description="Pictures with more pixels are refused before they are decoded."
    )
    ffmpeg: str | None = Field(
        None, description="An ffmpeg to use instead of the one that comes with imageio-ffmpeg."
    )
    cluster: Literal["ray", "inline"] = Field(
        "ray", description="`ray` renders on Ray actors, `inline` in the run's own process."
    )
    address: str | None = Field(
        None, description="A running Ray cluster to join (host:6379 or auto); none starts its own."
    )
    jobs_address: str = Field(
        "http://127.0.0.1:8265", description="The cluster's jobs API, for `farm start` and `stop`."
    )
    ray_folder: Path | None = Field(
        None,
        description="Where a run's own Ray keeps its sockets and logs while it lasts; none leaves it to "
        "the system's temporary folder. A short path: sockets allow about 40 characters.",
    )
    workers: int | None = Field(
        None,
        ge=1,
        description="Workers at once; none means one per GPU that is there, or a few on CPUs. On a cluster "
        "that is joined it is the most: there are as many as takes wait for, and what Ray finds no "
        "place for is what an autoscaler goes by.",
    )
    idle_release_s: float = Field(
        300.0,
        ge=1,
        description="With `workers` on a cluster that is joined, a worker that has had nothing to do for "
        "so many seconds gives its GPU back, and comes back when takes wait; `inf` for never. A run on "
        "its own cluster, and one without `workers`, keeps them all.",
    )
    limits: dict[str, Limit] = Field(
        default_factory=dict,
        description="Where workers of a profile may be: a table [limits.PROFILE] with gpu_memory_gb, and "
        "tags of machines that were started with `ray start --labels=farm/TAG=yes`.",
    )
    lease_seconds: float = Field(
        60.0, ge=1, description="After this long without a beat a take is given to somebody else."
    )
    beat_seconds: float = Field(
        5.0, gt=0, description="How often a run says that its takes are alive."
    )
    max_faults: int = Field(
        5, ge=1, description="Machine faults one take may meet before a person is asked."
    )
    poison_workers: int = Field(
        3, ge=2, description="Different workers one take may fail on before its shot is to blame."
    )
    max_waits: int = Field(
        20, ge=1, description="Times there may be no room for a take before a person is asked."
    )
    backoff_seconds: float = Field(
        5.0, ge=0, description="Wait after the first machine fault; doubles with each one."
    )
    sick_takes: int = Field(
        3, ge=2, description="Different takes a worker may fail in a row before it is taken out."
    )
    sick_seconds: float = Field(
        3600.0, gt=0, description="After this long a worker that was taken out is tried again."
    )
    stuck_factor: float = Field(
        20.0,
        gt=1,
        description="A render is stuck when nothing has moved for this many times the usual step.",
    )
    stuck_seconds: float = Field(
        120.0, gt=0, description="But never before this long: models are moved in and out."
    )
    take_seconds: float = Field(
        21_600.0, gt=0, description="A take that lasts longer than this is given up as stuck."
    )
    min_free_mb: int = Field(
        500, ge=0, description="With less room than this in the media folder nothing is handed out."
    )
    accept_limit: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="The share of bad takes among those the gate accepts that `farm calibrate` allows.",
    )
    notify: str = Field(
        "",
        description="An http(s) address that gets one JSON when a run has ended; empty tells nobody. "
        "Where it holds a token, use FARM_NOTIFY rather than this file.",
    )
    labels: Labels = Field(
        Labels(),
        description="Who is named in delivered films as the one who made them: a table [labels] with "
        "producer, a name, and code, one after GB 45438-2025, which goes before the name.",
    )
    credentials: Credentials = Field(
        Credentials(),
        description="What signs delivered films: a table [credentials] with certificate and key (PEM "
        "files; the key itself may stand in FARM_CREDENTIALS_KEY), timestamp (the address of a time "
        "stamp authority), and trusted (a PEM file of authorities that `farm verify` believes). Nothing "
        "is signed where no certificate is named. Needs the extra `credentials`.",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Where metrics are served; loopback unless you mean otherwise."
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Port for metrics while a run lasts; none serves none."
    )
    desk_address: str = Field(
        "http://127.0.0.1:8400",
        description="Where people reach the desk, for the links that `farm user add` and `farm link add` "
        "print; the desk answers to its host.",
    )
    desk_sign_in: bool = Field(
        False,
        description="Whether people sign in on loopback too, as where others have accounts on this "
        "machine. On any other host they always do.",
    )
    desk_trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of reverse proxies before the desk, whose word counts on who "
        "comes from where: their X-Forwarded headers, and `desk_user_header`.",
    )
    desk_user_header: str = Field(
        "",
        description="The header by which such a proxy tells who signed in with it, as X-Forwarded-User; "
        "their roles are those of `farm user add`. Empty: people sign in at the desk.",
    )
    user: str = Field(
        default_factory=getpass.getuser, description="Who is named in a shot's history."
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_not_set(cls, values: Any) -> Any:
        """`weights = ""`, or `FARM_WEIGHTS=`, is no folder: what has no default of its own is not set."""
        if not isinstance(values, dict):
            return values
        optional = {name for name, field in cls.model_fields.items() if field.default is None}
        return {
            name: None if value == "" and name in optional else value
            for name, value in values.items()
        }

    @model_validator(mode="before")
    @classmethod
    def _split(cls, values: Any) -> Any:
        """Lists as the environment has them."""
        for name, mark in (("picture_roots", os.pathsep), ("desk_trusted_proxies", ",")):
            given = values.get(name) if isinstance(values, dict) else None
            if isinstance(given, str):
                values[name] = [each.strip() for each in given.split(mark) if each.strip()]
        return values

    @field_validator("media", mode="before")
    @classmethod
    def _has_a_storage(cls, value: Any) -> Any:
        """Asked before it becomes a path, which `s3://bucket` would as a folder named `s3:`."""
        if isinstance(value, str) and "://" in value:
            from pipeline.storage.roots import media_at

            media_at(value)
        return value

    @field_validator("notify", "desk_address", "desk_user_header")
    @classmethod
    def _can_be(cls, value: str, info: ValidationInfo) -> str:
        why_not, example = WANTED[str(info.field_name)]
        if value and (why := why_not(value)):
            raise ValueError(f"{why}; give {example}")
        return value

    @field_validator("desk_trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [why for each in value if (why := why_no_network(each))]:
            raise ValueError("; ".join(wrong))
        return value

    @model_validator(mode="after")
    def _beats_fit_leases(self) -> Self:
        if self.lease_seconds < 3 * self.beat_seconds:
            raise ValueError(
                f"lease_seconds ({self.lease_seconds:g}) must be at least three times beat_seconds "
                f"({self.beat_seconds:g}), or a slow beat would cost a lease"
            )
        return self

    @property
    def max_pixels(self) -> int:
        return int(self.max_megapixels * 1_000_000)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        environment = EnvSettingsSource(settings_cls)
        environment.env_vars = {
            name: value
            for name, value in environment.env_vars.items()
            if not is_of_a_service(name, value or "")
        }
        return init_settings, environment, TomlConfigSettingsSource(settings_cls, _file())


def load(**options: Any) -> Settings:
    """The settings in force; `options` that are None are not set.

    Raises `SettingsError` with every problem at once, misspelt variables among them.
    """
    given = {name: value for name, value in options.items() if value is not None}
    named = os.environ.get("FARM_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError([f"{named}: there is no such file; --config or FARM_CONFIG names it"])
    misspelt, _ = strange_variables(os.environ, Settings, TABLES)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        wrong = [sentence(problem, Settings, _file(), given) for problem in error.errors()]
        raise SettingsError([*misspelt, *wrong]) from error
    except UnreadSettings as error:  # pydantic's words: what stands in a variable is not JSON
        raise SettingsError([*misspelt, *(_not_json() or [str(error)])]) from error
    except ValueError as error:  # tomllib's: the file is not TOML
        raise SettingsError([*misspelt, f"{_file()}: not TOML: {error}"]) from error
    if misspelt:
        raise SettingsError(misspelt)
    return settings


def others() -> list[str]:
    """Variables that begin as the farm's and that it does not read: another program's, or a slip."""
    return strange_variables(os.environ, Settings, TABLES)[1]


def _file() -> Path:
    return Path(os.environ.get("FARM_CONFIG", FILE))


def _not_json() -> list[str]:
    """Variables that give a table as what is none."""
    wrong: list[str] = []
    for name in TABLES:
        variable = f"FARM_{name.upper()}"
        if variable not in os.environ:
            continue
        try:
            json.loads(os.environ[variable])
        except ValueError:
            wrong.append(
                f"{variable}: it is a table, which the environment gives as JSON, such as {TABLES[name]}; "
                f"or write [{name}] into {FILE}"
            )
    return wrong
