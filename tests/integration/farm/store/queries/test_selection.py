"""The take that stands for a shot is told with what became of the words on its subject."""

from farm.domain.lettering import Lettering, Told
from farm.store import Store
from farm.store.queries import selection
from pipeline.findings import Finding, Severity
from pipeline.misses import LABEL_FOLLOWED, Miss, MissKind
from pipeline.result import Verdict
from tests.integration.farm.store.conftest import claim, make, submit


def test_a_selected_take_tells_of_its_label(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    stays = Finding(LABEL_FOLLOWED, Severity.INFO, "‘TEA’ stays readable in all 8 frames looked at")
    lost = Miss(kind=MissKind.LABEL_LOST, value=0.6, threshold=0.2, message="‘TEA’ is lost")
    make(store, claim(store), findings=(stays,))
    make(store, claim(store), misses=(lost,), verdict=Verdict.BAD_CLIP)
    make(store, claim(store))

    told = {each.shot: each.lettering for each in selection.selected_takes(store, "demo")}
    assert told == {
        "sh010": (Lettering(Told.FOLLOWED, stays.message),),
        "sh020": (Lettering(Told.WRONG, lost.message),),
        "sh030": (),
    }
