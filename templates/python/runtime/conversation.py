"""What client and node say to each other in one session."""

from __future__ import annotations

import logging
import time
from typing import Any

from .channel import WELCOME_SECONDS
from .config import Config
from .invocation import Invocation
from .messages import Messages
from .session import Session
from .work import Work

log = logging.getLogger(__name__)

# The node says something every five seconds. gRPC's own pings are the first to notice a dead connection; this notices a
# node whose gRPC answers while its program does not.
SILENCE_SECONDS = 13

# The wait between two looks at the clock is far shorter. More than this between two of them: we ourselves did not run,
# which is no fault of the node's.
_LONGEST_STEP = 1


class Conversation:
    def __init__(self, session: Session, config: Config, work: Work, messages: Messages):
        self._session = session
        self._config = config
        self._work = work
        self._messages = messages
        self._looked = time.monotonic()
        # Seconds, counted while this process ran.
        self._silent = 0.0
        self._most_silence = float(SILENCE_SECONDS)
        self._lease_seconds = 60.0
        self._welcomed: float | None = None
        self._leaving = False
        # The node asked not to be called sooner.
        self.reconnect_after_seconds = 0.0

    def hello(self, credit: int) -> None:
        """`credit`: how much the node may give us at once."""
        self._session.send(self._messages.hello(self._config, credit, self._work.all()))

    def healthy_seconds(self) -> float | None:
        """Since the welcome; None before it."""
        return None if self._welcomed is None else time.monotonic() - self._welcomed

    def hear(self, frame: Any) -> None:
        self._silent = 0
        kind = frame.WhichOneof("frame")
        listener = getattr(self, f"_on_{kind}", None)
        if listener is None:
            log.debug("a frame that this version does not know")
        else:
            listener(getattr(frame, kind))

    def look(self) -> str | None:
        """To be called a few times a second. Says why the session cannot go on, if so."""
        now = time.monotonic()
        self._silent += min(now - self._looked, _LONGEST_STEP)
        self._looked = now
        if self._welcomed is None:
            return None if self._silent < WELCOME_SECONDS else f"no welcome within {WELCOME_SECONDS} seconds"
        if self._silent >= self._most_silence:
            return f"nothing came from the node for {self._most_silence:g} seconds"
        for invocation in self._work.wanting_progress():
            self._session.send(self._messages.progress(invocation))
        return None

    def tell(self, invocation: Invocation) -> None:
        """The invocation is done. Before the welcome nothing but hello is said; what is done then is told after it."""
        if self._welcomed is not None:
            self._session.send(self._messages.result(invocation))

    def leave(self) -> None:
        """Nothing new is begun from now on."""
        if not self._leaving:
            self._leaving = True
            self._session.send(self._messages.credit(0))

    def goodbye(self, reason: str) -> None:
        """What is not done is the node's again."""
        self._session.send(self._messages.goodbye(reason))
        self._session.half_close()

    def _on_welcome(self, welcome: Any) -> None:
        self._welcomed = time.monotonic()
        self._lease_seconds = welcome.lease_ms / 1000 or 60.0
        self._most_silence = max(SILENCE_SECONDS, 2.6 * welcome.heartbeat_ms / 1000)
        log.info(
            "connected to %s as %s (%s); %d waiting, %d at a time",
            self._config.server_address,
            welcome.contract_name,
            welcome.execution_order,
            welcome.backlog,
            welcome.granted_in_flight,
        )
        for invocation in self._work.keep(welcome.kept):
            self._session.send(self._messages.result(invocation))

    def _on_contract_env(self, environment: Any) -> None:
        self._work.set_environment(environment.env, environment.secrets)

    def _on_delivery(self, delivery: Any) -> None:
        if self._leaving:
            return
        invocation = self._work.deliver(delivery, delivery.lease_ms / 1000 or self._lease_seconds)
        if invocation.outcome is not None:
            self.tell(invocation)

    def _on_result_ack(self, ack: Any) -> None:
        status = type(ack).DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number.get(ack.status)
        name = "UNKNOWN" if status is None else status.name
        if name in ("COMMITTED", "ALREADY_COMMITTED"):
            log.debug("%s: %s %s", ack.invocation_id, name, ack.output_txn_id)
        else:
            log.warning("%s: the node did not take the result: %s %s", ack.invocation_id, name, ack.detail)
        self._work.forget(ack.invocation_id)

    def _on_cancel(self, cancel: Any) -> None:
        log.warning("%s: cancelled by the node: %s", cancel.invocation_id, cancel.reason)
        self._work.forget(cancel.invocation_id)

    def _on_heartbeat(self, heartbeat: Any) -> None:
        # Whatever waits to be sent says as well that we live.
        if self._session.idle():
            self._session.send(self._messages.heartbeat(heartbeat.unix_ms))

    def _on_drain(self, drain: Any) -> None:
        log.info("the node is about to stop")
        self.reconnect_after_seconds = drain.reconnect_after_ms / 1000
