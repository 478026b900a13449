"""The worker: one process that takes jobs from the queue, each into a process of its own."""

from core.worker.duties import Duties
from core.worker.lanes import Lanes
from core.worker.single import worker_is_there
from core.worker.start import ensure_worker
from core.worker.watchdog import Patience
from core.worker.worker import Worker

__all__ = ["Duties", "Lanes", "Patience", "Worker", "ensure_worker", "worker_is_there"]
