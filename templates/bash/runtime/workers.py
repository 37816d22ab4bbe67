"""Threads that run invocations, a fixed number at a time."""

from __future__ import annotations

import ctypes
import logging
import queue
import threading
import time
from collections.abc import Callable

from . import outcome as outcomes
from .capture import current
from .invocation import Invocation
from .outcome import Outcome

log = logging.getLogger(__name__)

Handler = Callable[[Invocation], Outcome]
Report = Callable[[Invocation, Outcome, int], None]


class _Abandoned(BaseException):
    """Raised inside a thread that has overrun its time. Not an Exception, so that `except Exception` lets it through."""


class Workers:
    """
    `limit_seconds`: how long an invocation may take, None where the handler sees to that itself. Nothing can end a Python
    thread from outside. One that overruns is given up: its invocation is reported as a timeout, a new thread takes its
    place, and it counts as stuck until it ends.
    """

    def __init__(self, count: int, handler: Handler, limit_seconds: float | None, report: Report):
        self._handler = handler
        self._limit = limit_seconds
        self._report = report
        self._waiting: queue.SimpleQueue[Invocation] = queue.SimpleQueue()
        self._stuck: list[_Worker] = []
        self._workers = [self._start() for _ in range(count)]

    def submit(self, invocation: Invocation) -> None:
        self._waiting.put(invocation)

    def stuck(self) -> int:
        """Threads that were given up and run still."""
        self._stuck = [one for one in self._stuck if one.is_alive()]
        return len(self._stuck)

    def check(self) -> None:
        """Gives up the threads that have overrun; to be called a few times a second."""
        if self._limit is None:
            return
        for place, worker in enumerate(self._workers):
            invocation = worker.give_up(self._limit)
            if invocation is None:
                continue
            self._workers[place] = self._start()
            self._stuck.append(worker)
            log.error("%s: no result after %g seconds; its thread is given up", invocation.id, self._limit)
            self._report(invocation, outcomes.timeout(self._limit), int(self._limit * 1000))

    def _start(self) -> _Worker:
        worker = _Worker(self._waiting, self._handler, self._report)
        worker.start()
        return worker


class _Worker(threading.Thread):
    def __init__(self, waiting: queue.SimpleQueue[Invocation], handler: Handler, report: Report):
        super().__init__(daemon=True, name="worker")
        self._waiting = waiting
        self._handler = handler
        self._report = report
        # Guards what follows: either the thread reports its invocation, or the one that gives it up does.
        self._lock = threading.Lock()
        self._current: Invocation | None = None
        self._since = 0.0
        self._given_up = False

    def run(self) -> None:
        try:
            while self._next():
                pass
        except _Abandoned:
            pass

    def give_up(self, limit_seconds: float) -> Invocation | None:
        with self._lock:
            if self._current is None or time.monotonic() - self._since < limit_seconds:
                return None
            self._given_up = True
            invocation = self._current
        # Ends a loop of Python code; a call that blocks in the system goes on until it returns.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident or 0), ctypes.py_object(_Abandoned))
        return invocation

    def _next(self) -> bool:
        invocation = self._waiting.get()
        with self._lock:
            self._current = invocation
            self._since = time.monotonic()
        current.set(invocation.capture)
        try:
            outcome = self._handler(invocation)
        except BaseException as error:  # the author's code may raise SystemExit, too
            outcome = outcomes.of_exception(error)
        finally:
            current.set(None)
        with self._lock:
            if self._given_up:
                return False
            self._current = None
        self._report(invocation, outcome, int((time.monotonic() - self._since) * 1000))
        return True
