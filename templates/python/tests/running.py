"""A client in a thread of the test, against a dictated node."""

from __future__ import annotations

import threading
import unittest
from typing import Any

from process import ProcessResult
from runtime.backoff import Backoff
from runtime.client import Client
from runtime.config import Config
from runtime.functions import handler

from .prime import Prime, messages, service


class Running(unittest.TestCase):
    """Each test has a node of its own and starts clients with `client`."""

    def setUp(self) -> None:
        self.prime = Prime()
        self.addCleanup(lambda: self.prime.stop())

    def client(self, process: Any = None, **settings: Any) -> Started:
        settings = {"reconnect_delay_seconds": 0.05, "max_backoff_seconds": 0.1, **settings}
        settings = {"process_timeout_seconds": 20, "shutdown_grace_seconds": 5, **settings}
        config = Config(f"127.0.0.1:{self.prime.port}", "chain", "contract", "key", **settings)
        started = Started(config, process or (lambda *_: ProcessResult({"ok": True}, output_to_chain=True)))
        self.addCleanup(started.end)
        return started

    def ready(self, process=None, **settings):
        """A client with a session that may be delivered to."""
        client = self.client(process, **settings)
        stream = self.prime.next()
        stream.welcome()
        stream.environment(env={"SMART_CONTRACT_NAME": "adder"}, secrets={"SC_SECRET_WORD": "open sesame"})
        return client, stream

    def only(self, process, **settings):
        """The result of one delivery."""
        _, stream = self.ready(process, **settings)
        stream.deliver("a")
        return stream.expect("result")


class Started:
    def __init__(self, config: Config, process: Any):
        self.client = Client(
            config,
            messages,
            service,
            "python",
            handler(process),
            config.process_timeout_seconds,
            Backoff(config.reconnect_delay_seconds, config.max_backoff_seconds, lambda: 0),
        )
        self.status: int | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self, seconds: float = 10) -> int | None:
        """What the process would exit with; None: it runs still."""
        self._thread.join(seconds)
        return self.status

    def end(self) -> None:
        """Is not waited for: what the test left undone may take its grace."""
        self.client.stop("test")

    def _run(self) -> None:
        self.status = self.client.run()
