"""What an invocation prints and logs, kept apart from what the others print at the same time."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TextIO

_MARK = "\n... cut here: {} bytes ...\n"
_SHORTEST_SECRET = 4


class HeadTail:
    """The first and the last bytes of a text that may be endless."""

    def __init__(self, limit: int):
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room < len(data) else b""
        if len(self._tail) > 4 * self._half:
            del self._tail[: -2 * self._half]

    def text(self, limit: int) -> str:
        """At most `limit` bytes of UTF-8; what is left out is marked."""
        kept = bytes(self._head + self._tail)
        if self.size <= limit and len(kept) == self.size:
            return kept.decode("utf-8", "replace")
        mark = _MARK.format(self.size)
        head = max((limit - len(mark)) // 2, 0)
        tail = max(limit - len(mark) - head, 0)
        end = kept[len(kept) - tail :] if tail else b""
        return (kept[:head].decode("utf-8", "ignore") + mark + end.decode("utf-8", "ignore"))[:limit]


class Capture:
    """The two streams of one invocation: `limit` bytes between them, with secrets made unreadable."""

    def __init__(self, limit: int, secrets: Iterable[str] = ()):
        self._limit = limit
        self._secrets = sorted((one for one in secrets if len(one) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._lock = threading.Lock()
        self._streams = {"stdout": HeadTail(limit), "stderr": HeadTail(limit)}

    def write(self, stream: str, text: str) -> None:
        data = self.masked(text).encode("utf-8", "replace")
        with self._lock:
            self._streams[stream].write(data)

    def masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def read(self) -> tuple[str, str, bool]:
        """Standard output, standard error, and whether something was left out."""
        with self._lock:
            out, err = self._streams["stdout"], self._streams["stderr"]
            half = self._limit // 2
            for_err = min(err.size, max(half, self._limit - out.size))
            for_out = min(out.size, self._limit - for_err)
            # Masked once more: a secret may have come in two writes.
            texts = self.masked(out.text(for_out)), self.masked(err.text(for_err))
            return (*texts, for_out < out.size or for_err < err.size)


# Set in the thread that runs an invocation, and in what takes over its context.
current: ContextVar[Capture | None] = ContextVar("current_capture", default=None)


class _Routed(io.TextIOBase):
    """Stands where sys.stdout or sys.stderr stood and writes to the invocation's capture where there is one."""

    def __init__(self, stream: str, real: TextIO):
        self._stream = stream
        self._real = real
        self.buffer = _RoutedBytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        capture = current.get()
        if capture is None:
            return self._real.write(text)
        capture.write(self._stream, text)
        return len(text)

    def flush(self) -> None:
        if current.get() is None:
            self._real.flush()


class _RoutedBytes(io.RawIOBase):
    def __init__(self, text: _Routed):
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


def install() -> None:
    """To be called once, before the author's code is loaded: what that keeps of sys.stderr is then the routed one."""
    sys.stdout = _Routed("stdout", sys.stdout)
    sys.stderr = _Routed("stderr", sys.stderr)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
