"""Runs process.sh, a process of its own for every transaction."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from . import outcome as outcomes
from .capture import Capture
from .invocation import Invocation
from .outcome import EXCEPTION, Failure, Outcome
from .workers import Handler

log = logging.getLogger(__name__)

# From SIGTERM to SIGKILL.
KILL_SECONDS = 5

# bash says so when it is refused memory, and ends with 2 as if the script had.
_NO_MEMORY = re.compile(r": x(m|re)alloc: ")
_NO_MEMORY_STATUS = 2

_INHERITED = ("PATH", "HOME", "LANG")
_DOCUMENTED = (
    "TZ",
    "ENVIRONMENT",
    "INTERNAL_ID",
    "DRAGONCHAIN_ID",
    "DRAGONCHAIN_ENDPOINT",
    "SMART_CONTRACT_ID",
    "SMART_CONTRACT_NAME",
    "SC_INVOCATION_ID",
    "SC_ATTEMPT",
)


def handler(script: Path, limit_seconds: float) -> Handler:
    """`limit_seconds`: the script is told to stop after that, and killed a little later."""

    def run(invocation: Invocation) -> Outcome:
        with tempfile.TemporaryFile() as transaction:
            # A file, not a pipe: a script that does not read its input then holds up nobody.
            transaction.write(invocation.tx_json.encode("utf-8"))
            transaction.seek(0)
            process = subprocess.Popen(
                ["bash", str(script)],
                cwd=script.parent,
                env=environment(invocation),
                stdin=transaction,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        return _Running(process, invocation.capture, limit_seconds).outcome(invocation)

    return run


def environment(invocation: Invocation) -> dict[str, str]:
    """All that the script sees: nothing of ours but three variables."""
    variables = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    for name, value in {**invocation.env, **invocation.secrets}.items():
        if name in _DOCUMENTED or name.startswith(("SC_ENV_", "SC_SECRET_")):
            if "\0" in value:
                log.warning("%s holds a NUL byte: no process can be given it", name)
            else:
                variables[name] = value
    header = _header(invocation.tx_json)
    variables["TXN_ID"] = invocation.txn_id
    variables["TXN_TYPE"] = str(header.get("txn_type") or "")
    variables["TXN_INVOKER"] = str(header.get("invoker") or "")
    return variables


def _header(tx_json: str) -> dict[str, Any]:
    try:
        header = json.loads(tx_json)["header"]
    except (ValueError, KeyError, TypeError):
        return {}
    return header if isinstance(header, dict) else {}


class _Running:
    """A script that runs, with all the processes it starts."""

    def __init__(self, process: subprocess.Popen[bytes], capture: Capture, limit_seconds: float):
        self._process = process
        self._capture = capture
        self._limit = limit_seconds
        self._timers: list[threading.Timer] = []
        self._late = False
        self._ended = False
        self._output = bytearray()
        self._last_line = ""
        self._readers = [
            threading.Thread(target=self._read_output, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._read_logs, args=(process.stderr,), daemon=True),
        ]

    def outcome(self, invocation: Invocation) -> Outcome:
        for reader in self._readers:
            reader.start()
        invocation.stop = self._terminate
        self._after(self._limit, self._overrun)
        status = self._process.wait()
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        # What the script left running would hold its pipes open.
        self._signal(signal.SIGKILL)
        for reader in self._readers:
            reader.join(timeout=1)
        return self._judged(status)

    def _judged(self, status: int) -> Outcome:
        if self._late:
            return outcomes.timeout(self._limit)
        if status < 0:
            return _again(f"process.sh was ended by {signal.Signals(-status).name}")
        if status >= 126 or (status == _NO_MEMORY_STATUS and _NO_MEMORY.search(self._last_line)):
            return _again(self._last_line or f"process.sh ended with exit code {status}")
        if len(self._output) > outcomes.MOST_BYTES:
            return outcomes.bad_output(f"standard output is larger than {outcomes.MOST_BYTES} bytes")
        message = None if status == 0 else self._last_line or f"process.sh ended with exit code {status}"
        return read_output(self._output.decode("utf-8", "replace"), message)

    def _overrun(self) -> None:
        self._late = True
        self._terminate()

    def _terminate(self) -> None:
        self._signal(signal.SIGTERM)
        self._after(KILL_SECONDS, lambda: self._signal(signal.SIGKILL))

    def _signal(self, number: signal.Signals) -> None:
        try:
            # The script leads a group of its own, which outlives it while one of its processes runs.
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    def _after(self, seconds: float, act: Any) -> None:
        timer = threading.Timer(seconds, lambda: None if self._ended else act())
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _read_output(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := stream.read1(65536):  # type: ignore[attr-defined]
                if len(self._output) <= outcomes.MOST_BYTES:
                    self._output += chunk

    def _read_logs(self, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(65536):
                text = line.decode("utf-8", "replace")
                self._capture.write("stderr", text)
                if text.strip():
                    self._last_line = self._capture.masked(text.strip())


def read_output(output: str, error: str | None = None) -> Outcome:
    """Of what a script wrote to its standard output. `error`: what went wrong according to it."""
    failure = None if error is None else Failure(error, outcomes.BUSINESS)
    try:
        data = json.loads(output, parse_constant=_no_json) if output.strip() else {}
    except (ValueError, RecursionError):
        data = None
    try:
        if not isinstance(data, dict):
            raw = {"rawResponse": output.strip()} if failure is None else {}
            return Outcome(outcomes.to_json(raw), failure=failure)
        to_chain = data.pop("OUTPUT_TO_CHAIN", False) is True
        to_heap = data.pop("OUTPUT_TO_HEAP", False) is True
        heap = {key: outcomes.to_json(value) for key, value in data.items()} if to_heap else {}
        return Outcome(outcomes.to_json(data), to_chain, failure, heap_json=heap)
    except (ValueError, RecursionError) as unwritable:
        return outcomes.bad_output(f"the output cannot be passed on: {unwritable}")


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _again(message: str) -> Outcome:
    return Outcome(failure=Failure(message, EXCEPTION, True))
