"""How long to wait before the next attempt to connect."""

from __future__ import annotations

import random
from collections.abc import Callable

# A session that lived so long since the node's welcome was a success.
HEALTHY_SECONDS = 60

# 2**64 is beyond every ceiling; without a cap the power overflows after a thousand failures.
_LARGEST_EXPONENT = 64


class Backoff:
    """min(ceiling, base * 2**attempts) plus a random part of up to `base`, all in seconds."""

    def __init__(self, base: float, ceiling: float, chance: Callable[[], float] = random.random):
        self._base = base
        self._ceiling = ceiling
        self._chance = chance
        self._attempts = 0
        # Sessions in a row that were no success.
        self.failures = 0

    def after(self, healthy_seconds: float | None, refused: bool = False) -> float:
        """
        The delay after an attempt that ended. `healthy_seconds`: for how long there was a session, None if there was none;
        `refused`: the node will not take us until somebody puts something right.
        """
        if healthy_seconds is not None and healthy_seconds >= HEALTHY_SECONDS:
            self._attempts = 0
            self.failures = 0
        else:
            self.failures += 1
        exponent = min(self._attempts, _LARGEST_EXPONENT)
        self._attempts += 1
        delay = self._ceiling if refused else min(self._ceiling, self._base * 2**exponent)
        return delay + self._chance() * self._base
