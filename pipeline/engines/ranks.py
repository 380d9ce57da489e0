"""Several processes that make one clip together (Ulysses): who they are, and how one's trouble is all's.

Each holds the whole model and computes a share of the clip's tokens; within every block they exchange what
attention needs of each other. So all have to take the same way: a rank that stopped alone would leave the
others waiting in an exchange that never comes.
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import Cause, RenderFault, TakeError
from pipeline.models.device import counted_as_one, is_cpu
from pipeline.models.folders import first_line

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel

Made = TypeVar("Made")

PATIENCE_S = 120.0
"""How long a rank waits for the others in a step, or to come at all."""
IDLE = timedelta(days=365)
"""How long a rank waits for work. It ends sooner where rank 0 does: its connection closes."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a rank tells the others of an error that it met."""

    rank: int
    cause: Cause | None
    """None for what is no fault: a stop, a retirement, whatever was raised when a step was told."""
    sentence: str


class LeftOff(TakeError):
    """Another rank ended the render, and it was not this machine's fault."""


@dataclass
class Group:
    """The ranks of one model, as one of them sees them. Not for use by two threads at once."""

    rank: int
    count: int
    _first: Path
    """The file that the first error within a step is written to; the others look for it."""
    _words: Any
    _orders: Any
    _told: bool = False
    broken: str | None = None
    """Why no clip can be made together any more: the ranks have to be started anew."""

    def share(self, experts: "Sequence[WanTransformer3DModel]", device: str) -> None:
        """From now on each expert computes this rank's share of the tokens; all ranks have to call it."""
        from diffusers import ContextParallelConfig
        from torch.distributed.device_mesh import init_device_mesh

        for expert in experts:
            config: Any = expert.config
            if config.num_attention_heads % self.count:
                raise RenderFault(
                    Cause.FATAL,
                    f"the model has {config.num_attention_heads} heads of attention, which {self.count} "
                    "ranks cannot share evenly: take fewer",
                )
        mesh = init_device_mesh(device, (1, self.count), mesh_dim_names=("ring", "ulysses"))
        with counted_as_one(device):
            for expert in experts:
                shared = ContextParallelConfig(ulysses_degree=self.count, mesh=mesh)
                expert.enable_parallelism(config=shared)

    def order(self, work: object = None) -> object:
        """Rank 0 gives every rank the same work; the others wait for it, and give what they got.

        Raises `RenderFault` where a rank is gone.
        """
        import torch.distributed as ranks

        box = [work]
        try:
            ranks.broadcast_object_list(box, src=0, group=self._orders)
        except RuntimeError as error:
            self._break(f"a rank is gone ({first_line(error)})")
            raise self._fault() from error
        return box[0]

    def agree(self, tell: Callable[[], object] = lambda: None) -> None:
        """Calls `tell`, and ends the render on every rank where it raises on one of them.

        All ranks come here equally often. Raises what `tell` raised on this rank, else what
        another met: a `RenderFault` with its sentence, or `LeftOff`.
        """
        own: Exception | None = None
        try:
            tell()
        except Exception as error:  # whatever it is, all have to hear of it
            own = error
        word = self._word_of(own) if own else None
        heard = [each for each in self._exchange(word) if each]
        if not heard:
            return
        self._told = True
        raise own or _error_of(heard[0])

    def together(self, work: Callable[[], Made]) -> Made:
        """Does this rank's part of a render; where it fails on one rank it fails on all.

        Raises as `agree`. An error within a step breaks the group: a rank but 0 has to end its process
        then, so that the others' exchanges with it fail at once.
        """
        if self.broken:
            raise self._fault()
        self._told = False
        try:
            made = work()
            self.agree()
        except Exception as error:
            if self._told:
                raise
            raise self._fail(error) from error
        return made

    def leave(self) -> None:
        """Ends this process's part; it can join no other group with the same rendezvous."""
        import torch.distributed as ranks

        if ranks.is_initialized():
            with suppress(RuntimeError):  # others may be gone already
                ranks.destroy_process_group()

    def _fail(self, error: Exception) -> Exception:
        """Notes the first error within a step for all ranks, and gives it as this one raises it.

        Nobody can be told who waits in an exchange: it ends when this process does, or with patience.
        """
        first = self._first_of_all(self._word_of(error))
        self._break(first.sentence)
        return error if first.rank == self.rank else _error_of(first, Cause.MACHINE)

    def _first_of_all(self, word: Word) -> Word:
        own = self._first.with_suffix(f".{self.rank}")
        own.write_text(json.dumps(asdict(word)))
        with suppress(FileExistsError):
            self._first.hardlink_to(own)
        return Word(**json.loads(self._first.read_text()))

    def _exchange(self, word: Word | None) -> list[Word | None]:
        import torch.distributed as ranks

        words: list[Word | None] = [None] * self.count
        try:
            ranks.all_gather_object(words, word, group=self._words)
        except RuntimeError as error:
            sentence = f"rank {self.rank} lost the other ranks: {first_line(error)}"
            raise RenderFault(Cause.MACHINE, sentence) from error
        return words

    def _word_of(self, error: Exception) -> Word:
        if isinstance(error, RenderFault):
            return Word(self.rank, error.cause, error.sentence)
        cause = None if isinstance(error, TakeError) else Cause.MACHINE
        return Word(self.rank, cause, first_line(error))

    def _break(self, sentence: str) -> None:
        self.broken = self.broken or sentence

    def _fault(self) -> RenderFault:
        return RenderFault(
            Cause.MACHINE,
            f"the {self.count} ranks of this worker make no clip any more: {self.broken}",
        )


def join(
    rendezvous: Path, rank: int, count: int, device: str, patience_s: float = PATIENCE_S
) -> Group:
    """This process as one of `count` on this machine, which find each other by a file that nobody has made.

    Waits for the others, for `patience_s` at most. Raises `RenderFault` (machine) where they do not come.
    """
    import torch.distributed as ranks

    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # all are on this machine
    patience = timedelta(seconds=patience_s)
    store = ranks.FileStore(str(rendezvous), count)
    store.set_timeout(patience)
    try:
        ranks.init_process_group(
            "gloo" if is_cpu(device) else "nccl",
            store=store,
            rank=rank,
            world_size=count,
            timeout=patience,
        )
        words = ranks.new_group(backend="gloo", timeout=patience)
        orders = ranks.new_group(backend="gloo", timeout=IDLE)
    except RuntimeError as error:
        raise RenderFault(
            Cause.MACHINE,
            f"rank {rank} waited {patience_s:g} s for the other {count - 1} in vain: {first_line(error)}",
        ) from error
    return Group(rank, count, rendezvous.with_suffix(".first"), words, orders)


def _error_of(word: Word, otherwise: Cause | None = None) -> TakeError:
    """The error of another rank, as this one raises it."""
    cause = word.cause or otherwise
    if cause is None:
        return LeftOff(word.sentence)
    return RenderFault(Cause(cause), f"rank {word.rank}: {word.sentence}")
