"""What the node gave us and has not acknowledged the result of yet. Outlives the sessions."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from .capture import Capture
from .invocation import Invocation
from .outcome import Outcome

log = logging.getLogger(__name__)


class Work:
    """For one thread alone. `submit`: hands an invocation to the workers."""

    def __init__(self, submit: Callable[[Invocation], None], log_limit_bytes: int, api_key: str):
        self._submit = submit
        self._log_limit = log_limit_bytes
        self._api_key = api_key
        self._invocations: dict[str, Invocation] = {}
        self._env: dict[str, str] = {}
        self._secrets: dict[str, str] = {}

    def empty(self) -> bool:
        return not self._invocations

    def all(self) -> list[Invocation]:
        return list(self._invocations.values())

    def set_environment(self, env: Any, secrets: Any) -> None:
        """For what is delivered from now on."""
        self._env, self._secrets = dict(env), dict(secrets)

    def deliver(self, delivery: Any, lease_seconds: float) -> Invocation:
        """Begins the work, unless it is ours already: then the new token replaces the old one."""
        known = self._invocations.get(delivery.invocation_id)
        if known is not None:
            known.token = delivery.lease_token
            return known
        secrets = [*self._secrets.values(), self._api_key]
        invocation = Invocation(
            id=delivery.invocation_id,
            token=delivery.lease_token,
            attempt=delivery.attempt,
            txn_id=delivery.txn_id,
            tx_json=delivery.transaction_json,
            env={
                **self._env,
                "SC_INVOCATION_ID": delivery.invocation_id,
                "SC_ATTEMPT": str(delivery.attempt),
            },
            secrets=self._secrets,
            capture=Capture(self._log_limit, secrets),
            lease_seconds=lease_seconds,
            next_progress=time.monotonic() + lease_seconds / 3,
        )
        self._invocations[invocation.id] = invocation
        self._submit(invocation)
        return invocation

    def finish(self, invocation: Invocation, outcome: Outcome, duration_ms: int) -> bool:
        """False: nobody waits for the result any more."""
        if self._invocations.get(invocation.id) is not invocation:
            return False
        invocation.outcome = outcome
        invocation.duration_ms = duration_ms
        return True

    def wanting_progress(self) -> Iterable[Invocation]:
        """Those whose lease must be lengthened now."""
        now = time.monotonic()
        for one in self._invocations.values():
            if one.outcome is None and one.next_progress <= now:
                one.next_progress = now + one.lease_seconds / 3
                yield one

    def keep(self, ids: Iterable[str]) -> list[Invocation]:
        """Forgets the others; returns those kept whose results are to be sent again."""
        kept = set(ids)
        for one in self.all():
            if one.id not in kept:
                log.warning("%s: the node has given it to somebody else meanwhile", one.id)
                self.forget(one.id)
        return [one for one in self._invocations.values() if one.outcome is not None]

    def forget(self, invocation_id: str) -> None:
        invocation = self._invocations.pop(invocation_id, None)
        if invocation is not None and invocation.outcome is None and invocation.stop is not None:
            invocation.stop()
