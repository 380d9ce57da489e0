"""All SQL of the farm, and the only importer of SQLAlchemy and Alembic.

Every public function of `intake`, `leases` and `views` is one transaction. Only `leases` changes a
status, and each move it makes writes its event in the same transaction.
"""

from farm.store import schema, session
from farm.store.session import Store, open_store
from farm.store.tables import REVISION

__all__ = ["REVISION", "Store", "migrate", "open_store", "revisions"]


def migrate(url: str) -> str:
    """Brings a database to the newest schema; the revision it is at then. Raises `StoreError`."""
    with session.sentences(session.make_engine(url)):
        schema.upgrade(url)
    return REVISION


def revisions(url: str) -> tuple[str | None, str]:
    """The revision a database is at, and the one this farm needs. Raises `StoreError`."""
    engine = session.make_engine(url)
    with session.sentences(engine):
        return schema.current(engine), REVISION
