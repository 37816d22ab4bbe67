"""A transaction on its way through this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .capture import Capture
from .outcome import Outcome


@dataclass(eq=False)
class Invocation:
    id: str
    # Proves to the node that the work is ours; another one after a redelivery.
    token: bytes
    attempt: int
    txn_id: str
    tx_json: str
    env: dict[str, str]
    secrets: dict[str, str]
    capture: Capture
    lease_seconds: float
    # By the monotonic clock.
    next_progress: float
    # None until it is done.
    outcome: Outcome | None = None
    duration_ms: int = 0
    # Ends the work early, where that is possible.
    stop: Callable[[], None] | None = None
