"""All SQL of the farm, and the only importer of SQLAlchemy and Alembic.

Every public function of `intake`, `leases` and `views` is one transaction. Only `leases` changes a
status, and each move it makes writes its event in the same transaction.
"""

from farm.store.session import Store, migrate, open_store, revisions
from farm.store.tables import REVISION

__all__ = ["REVISION", "Store", "migrate", "open_store", "revisions"]
