"""Does as the transaction says; see ../support/order.ts."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ProcessResult:
    data: Any = None
    output_to_chain: bool = False
    error: str | None = None
    retryable: bool = False
    heap: dict[str, Any] = field(default_factory=dict)
    output_tag: str | None = None


def process(tx_json: str, env_vars: dict[str, str], secrets: dict[str, str]) -> ProcessResult:
    begin = now()
    order = json.loads(tx_json)["payload"]
    result = ProcessResult(output_to_chain=order.get("do") == "ok")
    act(order, env_vars, secrets, result)
    if result.data is None:
        result.data = {
            "n": order.get("n", 0),
            "attempt": int(env_vars["SC_ATTEMPT"]),
            "invocation": env_vars["SC_INVOCATION_ID"],
            "begin_ms": begin,
            "end_ms": now(),
        }
    return result


def act(order: dict[str, Any], env_vars: dict[str, str], secrets: dict[str, str], result: ProcessResult) -> None:
    seconds = order.get("ms", 0) / 1000
    what = order.get("do")
    if what == "error":
        result.error = "the contract says no"
    elif what == "throw":
        raise RuntimeError("the contract fell")
    elif what == "sleep":
        time.sleep(seconds)
    elif what == "spin":
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass
    elif what == "print":
        for line in range(order.get("lines", 1)):
            print(f"{order.get('text', '')} out {line}")
            print(f"{order.get('text', '')} err {line}", file=sys.stderr)
            time.sleep(seconds)
    elif what == "text":
        result.data = "not an object"
    elif what == "unfit":
        result.data = {"value": object()}
    elif what == "big":
        result.data = {"text": "x" * order.get("bytes", 0)}
    elif what == "env":
        result.data = {
            "env": sorted(env_vars),
            "secrets": sorted(secrets),
            "value": env_vars.get("SC_ENV_VALUE", ""),
        }


def now() -> int:
    return int(time.time() * 1000)
