"""All SQL of the farm, and the only importer of SQLAlchemy and Alembic.

Every public function that takes a store is one transaction. A take's status is changed by the claim
and by `farm.store.queue.transitions` alone, and each move writes its event in the same transaction.
"""

from farm.store.session import Store, migrate, open_existing, open_store, revisions
from farm.store.tables import REVISION

__all__ = ["REVISION", "Store", "migrate", "open_existing", "open_store", "revisions"]
