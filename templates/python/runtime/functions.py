"""Runs the `process` function of process.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import outcome as outcomes
from .invocation import Invocation
from .outcome import Outcome
from .workers import Handler

Process = Callable[[str, dict[str, str], dict[str, str]], Any]


def handler(process: Process) -> Handler:
    def run(invocation: Invocation) -> Outcome:
        return outcomes.of_result(process(invocation.tx_json, dict(invocation.env), dict(invocation.secrets)))

    return run
