"""What became of an invocation, in the form the node takes it."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import dataclass, field
from typing import Any

BUSINESS = "BUSINESS"
EXCEPTION = "EXCEPTION"
TIMEOUT = "TIMEOUT"
BAD_OUTPUT = "BAD_OUTPUT"

# Frames of the runtime itself at the top of a stack say nothing to the author.
_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep

# The node takes frames of 4 MiB; the rest is for logs and the frame itself.
MOST_BYTES = 3 << 20


@dataclass(frozen=True)
class Failure:
    message: str
    # One of the four above.
    kind: str
    retryable: bool = False
    stack: str = ""


@dataclass(frozen=True)
class Outcome:
    # Text of a JSON object.
    data_json: str = "{}"
    output_to_chain: bool = False
    failure: Failure | None = None
    output_tag: str | None = None
    # JSON texts by key.
    heap_json: dict[str, str] = field(default_factory=dict)


def of_result(result: Any) -> Outcome:
    """Of what the author's function returned."""
    try:
        data, to_chain, error = result.data, result.output_to_chain, result.error
    except AttributeError:
        return bad_output(f"process returned {type(result).__name__}, not a ProcessResult")
    tag = getattr(result, "output_tag", None)
    failure = None
    if error is not None:
        failure = Failure(str(error), BUSINESS, bool(getattr(result, "retryable", False)))
    try:
        return Outcome(
            data_json=to_json(as_object(data)),
            output_to_chain=bool(to_chain),
            failure=failure,
            output_tag=None if tag is None else str(tag),
            heap_json={str(key): to_json(value) for key, value in (getattr(result, "heap", None) or {}).items()},
        )
    except (TypeError, ValueError, RecursionError, AttributeError) as error:
        return bad_output(f"the result cannot be written as JSON: {error}")


def as_object(data: Any) -> dict[Any, Any]:
    """What is no object is put into one."""
    if data is None:
        return {}
    return data if isinstance(data, dict) else {"rawResponse": data}


def to_json(value: Any) -> str:
    """Raises ValueError or TypeError for what JSON cannot hold: NaN, infinities, cycles, half characters, objects."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode("utf-8")) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES} bytes")
    return text


def of_exception(error: BaseException) -> Outcome:
    """Of what the author's function raised; it is tried again."""
    name = type(error).__name__
    where = error.__traceback__
    while where is not None and where.tb_frame.f_code.co_filename.startswith(_OURS):
        where = where.tb_next
    stack = "".join(traceback.format_exception(type(error), error, where))
    return Outcome(failure=Failure(f"{name}: {error}" if str(error) else name, EXCEPTION, True, stack))


def timeout(seconds: float) -> Outcome:
    return Outcome(failure=Failure(f"no result after {seconds:g} seconds", TIMEOUT, True))


def bad_output(message: str) -> Outcome:
    """The same transaction would give the same again, so it is not tried again."""
    return Outcome(failure=Failure(message, BAD_OUTPUT))
