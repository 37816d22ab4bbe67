"""A node whose process is frozen while its system goes on acknowledging packets. Slow: `make test-slow`."""

import os
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

from runtime import conversation
from runtime.wire import ROOT

from .running import Running

IDLE_SECONDS = 32
LATEST_SECONDS = 15


@unittest.skipUnless(os.environ.get("SLOW"), "takes two minutes; make test-slow")
class FrozenTest(Running):
    def frozen(self, *arguments):
        """How long a client takes to leave a node that freezes after a while of silence."""
        node = subprocess.Popen(
            [sys.executable, "-m", "tests.prime", str(self.free_port()), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(node.stdout.close)
        self.addCleanup(node.wait)
        self.addCleanup(node.kill)
        self.prime.port = int(node.stdout.readline())
        with self.assertLogs("runtime.client", "WARNING") as logs:
            self.client(reconnect_delay_seconds=3)
            self.assertEqual(node.stdout.readline(), "welcomed\n")
            time.sleep(IDLE_SECONDS)
            self.assertEqual(logs.output, [])
            node.send_signal(signal.SIGSTOP)
            since = time.monotonic()
            while not logs.output and time.monotonic() - since < 100:
                time.sleep(0.05)
            seconds = time.monotonic() - since
        node.send_signal(signal.SIGCONT)
        print(
            f"left {' '.join(arguments) or 'with heartbeats'} after {seconds:.1f} s: {logs.output[0]}", file=sys.stderr
        )
        return seconds

    def free_port(self):
        port = self.prime.port
        self.prime.stop()
        return port

    def test_a_frozen_node_is_left_in_time(self):
        self.assertLess(self.frozen(), LATEST_SECONDS)

    def test_the_pings_alone_are_enough(self):
        with mock.patch.object(conversation, "SILENCE_SECONDS", 1000):
            self.assertLess(self.frozen("--silent"), LATEST_SECONDS)
