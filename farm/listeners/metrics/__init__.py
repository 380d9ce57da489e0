"""A listener that folds events into Prometheus series, and serves or prints them.

Counters and histograms come from events alone, so the same numbers come out whether they were
heard one by one during a run or read back from the database. Gauges are asked for when looked at.
"""

from farm.listeners.metrics.fold import Fold
from farm.listeners.metrics.keys import Horizon, Keys
from farm.listeners.metrics.now import Now, Seen
from farm.listeners.metrics.series import FarmMetrics
from farm.listeners.metrics.serving import serve

__all__ = ["FarmMetrics", "Fold", "Horizon", "Keys", "Now", "Seen", "serve"]
