"""The frames that a client sends."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from . import VERSION
from . import outcome as outcomes
from .config import Config
from .invocation import Invocation
from .outcome import Outcome
from .wire import PROTOCOL

# A frame larger than 4 MiB would end the stream, at every attempt anew.
MOST_FRAME_BYTES = (4 << 20) - 1024


class Messages:
    """`wire`: the generated messages."""

    def __init__(self, wire: Any, language: str):
        self._wire = wire
        self._language = language

    def hello(self, config: Config, credit: int, held: Iterable[Invocation]) -> Any:
        wire = self._wire
        hello = wire.Hello(
            protocol=PROTOCOL,
            instance_id=config.instance_id,
            language=self._language,
            template_version=VERSION,
            max_in_flight=credit,
            held=[wire.Held(invocation_id=one.id, lease_token=one.token) for one in held],
        )
        return wire.ClientFrame(hello=hello)

    def result(self, invocation: Invocation) -> Any:
        """Of an invocation that is done."""
        assert invocation.outcome is not None
        frame = self._result(invocation, invocation.outcome)
        if frame.ByteSize() > MOST_FRAME_BYTES:
            return self._result(invocation, outcomes.bad_output(f"the result is larger than {MOST_FRAME_BYTES} bytes"))
        return frame

    def progress(self, invocation: Invocation) -> Any:
        wire = self._wire
        return wire.ClientFrame(progress=wire.Progress(invocation_id=invocation.id, lease_token=invocation.token))

    def credit(self, max_in_flight: int) -> Any:
        return self._wire.ClientFrame(credit=self._wire.Credit(max_in_flight=max_in_flight))

    def heartbeat(self, echo: int) -> Any:
        now_ms = int(time.time() * 1000)
        return self._wire.ClientFrame(heartbeat=self._wire.Heartbeat(unix_ms=now_ms, echo=echo))

    def goodbye(self, reason: str) -> Any:
        return self._wire.ClientFrame(goodbye=self._wire.Goodbye(reason=reason))

    def _result(self, invocation: Invocation, outcome: Outcome) -> Any:
        wire = self._wire
        stdout, stderr, truncated = invocation.capture.read()
        result = wire.Result(
            invocation_id=invocation.id,
            lease_token=invocation.token,
            data_json=outcome.data_json,
            output_to_chain=outcome.output_to_chain,
            logs=wire.LogChunk(stdout=stdout, stderr=stderr, truncated=truncated),
            duration_ms=invocation.duration_ms,
            heap_json=outcome.heap_json,
        )
        if outcome.output_tag is not None:
            result.output_tag = outcome.output_tag
        failure = outcome.failure
        if failure is not None:
            result.error.CopyFrom(
                wire.ContractError(
                    message=invocation.capture.masked(failure.message),
                    kind=failure.kind,
                    retryable=failure.retryable,
                    stack=invocation.capture.masked(failure.stack),
                )
            )
        return wire.ClientFrame(result=result)
