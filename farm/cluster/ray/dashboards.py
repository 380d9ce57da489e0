"""Ray's own Grafana dashboards, as this version of Ray draws them: what its Metrics tab shows."""

import json
import warnings
from typing import Any


def drawn() -> dict[str, dict[str, Any]]:
    """The two dashboards of the Metrics tab: `core`, and `data`. Their uids are what the tab looks for.

    Raises `ClusterError` where Ray was installed without its dashboard.
    """
    from farm.errors import ClusterError
    from farm.extras import missing

    try:
        from ray.dashboard.modules.metrics import grafana_dashboard_factory as factory
    except ImportError as error:
        if missing(error):
            raise
        raise ClusterError(
            f"this Ray has no dashboards to draw ({error}); install ray[default]"
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Ray forgets to close its templates
        core, _ = factory.generate_default_grafana_dashboard()
        data, _ = factory.generate_data_grafana_dashboard()
    return {"core": json.loads(core), "data": json.loads(data)}
