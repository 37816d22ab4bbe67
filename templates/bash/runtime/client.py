"""Keeps one session with the node at a time, for as long as the process lives."""

from __future__ import annotations

import logging
import queue
import time
from dataclasses import dataclass
from typing import Any

import grpc

from .backoff import Backoff
from .config import Config
from .conversation import Conversation
from .invocation import Invocation
from .messages import Messages
from .outcome import Outcome
from .session import Ended, Frame, Session
from .work import Work
from .workers import Handler, Workers

log = logging.getLogger(__name__)

# How often clocks are looked at.
_TICK_SECONDS = 0.25

# For the node to end a session that we have said goodbye in.
_GOODBYE_SECONDS = 2

# Nothing but a change by somebody can help, so we ask seldom.
_CURES = {
    grpc.StatusCode.UNAUTHENTICATED: "check api_key; the key may have been revoked or have expired",
    grpc.StatusCode.PERMISSION_DENIED: "api_key belongs to another contract; check it and smart_contract_id",
    grpc.StatusCode.NOT_FOUND: "check chain_id and smart_contract_id; the contract may have been deleted",
    grpc.StatusCode.INVALID_ARGUMENT: "the node does not understand this template; use a newer one",
    grpc.StatusCode.FAILED_PRECONDITION: "check chain_id and smart_contract_id, and that the contract is active",
}
_AUTH_ERRORS = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND)

STOPPED = 0
GAVE_UP = 1
# The process is to be started anew: too many of its threads hang.
RESTART = -1


@dataclass(frozen=True)
class _Finished:
    invocation: Invocation
    outcome: Outcome
    duration_ms: int


@dataclass(frozen=True)
class _Stop:
    reason: str
    status: int


@dataclass(frozen=True)
class _End:
    """How a session ended. `healthy_seconds`: since the welcome, None without one."""

    healthy_seconds: float | None
    code: grpc.StatusCode
    details: str
    earliest_seconds: float = 0


class Client:
    """`wire`, `service`: the generated messages and service. `limit_seconds`: see Workers."""

    def __init__(
        self,
        config: Config,
        wire: Any,
        service: Any,
        language: str,
        handler: Handler,
        limit_seconds: float | None,
        backoff: Backoff | None = None,
    ):
        self._config = config
        self._service = service
        self._language = language
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._backoff = backoff or Backoff(config.reconnect_delay_seconds, config.max_backoff_seconds)
        self._messages = Messages(wire, language)
        self._workers = Workers(config.num_workers, handler, limit_seconds, self._report)
        self._work = Work(self._workers.submit, config.log_limit_bytes, config.api_key)
        self._stop: _Stop | None = None
        self._stop_at = 0.0

    def stop(self, reason: str, status: int = STOPPED) -> None:
        """From any thread, or a signal handler: what was begun is finished, then run() returns `status`."""
        self._events.put(_Stop(reason, status))

    def abandon(self) -> None:
        """Ends what can be ended, at once."""
        for invocation in self._work.all():
            if invocation.stop is not None:
                invocation.stop()

    def run(self) -> int:
        """Returns when it is told to stop, or gives up: what the process should exit with."""
        while True:
            end = self._session()
            if self._stop is None:
                delay = self._next_delay(end)
                if delay is None:
                    return GAVE_UP
                self._pause(delay)
            elif not self._may_stop():
                self._pause(self._config.reconnect_delay_seconds)
            if self._stop is not None and self._may_stop():
                return self._stopped(self._stop)

    def _session(self) -> _End:
        session = Session(self._config, self._service, self._language, self._events)
        conversation = Conversation(session, self._config, self._work, self._messages)
        conversation.hello(0 if self._stop else self._config.num_workers)
        try:
            while True:
                event = self._next_event()
                if isinstance(event, Frame) and event.session is session:
                    conversation.hear(event.frame)
                elif isinstance(event, Ended) and event.session is session:
                    earliest = max(event.retry_after_seconds, conversation.reconnect_after_seconds)
                    return _End(conversation.healthy_seconds(), event.code, event.details, earliest)
                elif isinstance(event, _Finished):
                    conversation.tell(event.invocation)
                trouble = conversation.look()
                if trouble is not None:
                    return _End(conversation.healthy_seconds(), grpc.StatusCode.UNAVAILABLE, trouble)
                if self._stop is not None:
                    conversation.leave()
                    if self._may_stop():
                        return self._goodbye(session, conversation, self._stop.reason)
        finally:
            session.close()

    def _goodbye(self, session: Session, conversation: Conversation, reason: str) -> _End:
        conversation.goodbye(reason)
        until = time.monotonic() + _GOODBYE_SECONDS
        while time.monotonic() < until:
            event = self._next_event()
            if isinstance(event, Ended) and event.session is session:
                break
        return _End(conversation.healthy_seconds(), grpc.StatusCode.OK, "")

    def _next_event(self, seconds: float = _TICK_SECONDS) -> Any:
        """What happened next, None if nothing did. What concerns no session in particular is seen to here."""
        try:
            event = self._events.get(timeout=min(max(seconds, 0), _TICK_SECONDS))
        except queue.Empty:
            event = None
        self._workers.check()
        if isinstance(event, _Stop):
            self._begin_to_stop(event)
        elif isinstance(event, _Finished) and not self._work.finish(event.invocation, event.outcome, event.duration_ms):
            return None
        if self._stop is None and self._workers.stuck() >= self._config.num_workers:
            self._begin_to_stop(_Stop("too many threads hang", RESTART))
        return event

    def _begin_to_stop(self, stop: _Stop) -> None:
        if self._stop is None:
            self._stop_at = time.monotonic() + self._config.shutdown_grace_seconds
            log.info("stopping (%s), within %g seconds", stop.reason, self._config.shutdown_grace_seconds)
        self._stop = stop

    def _may_stop(self) -> bool:
        return self._work.empty() or time.monotonic() >= self._stop_at

    def _stopped(self, stop: _Stop) -> int:
        if not self._work.empty():
            log.warning("%d invocations are not finished; the node will deliver them again", len(self._work.all()))
            self.abandon()
        return stop.status

    def _next_delay(self, end: _End) -> float | None:
        """None: no further attempt is to be made."""
        cure = _CURES.get(end.code)
        delay = max(self._backoff.after(end.healthy_seconds, cure is not None), end.earliest_seconds)
        if cure is not None:
            log.error("the node refuses us: %s %s: %s", end.code.name, end.details, cure)
        elif end.healthy_seconds is None:
            log.error("no session with %s: %s %s", self._config.server_address, end.code.name, end.details)
        else:
            log.warning("the session ended: %s %s", end.code.name, end.details)
        if end.code in _AUTH_ERRORS and self._config.exit_on_auth_error:
            return None
        if 0 < self._config.max_reconnect_attempts <= self._backoff.failures:
            log.error("giving up after %d failures in a row", self._backoff.failures)
            return None
        log.info("next attempt in %.1f seconds", delay)
        return delay

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        stopping = self._stop
        while (now := time.monotonic()) < until and self._stop is stopping:
            self._next_event(until - now)

    def _report(self, invocation: Invocation, outcome: Outcome, duration_ms: int) -> None:
        self._events.put(_Finished(invocation, outcome, duration_ms))
