"""One stream to the node."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Any

import grpc

from .channel import metadata, open_channel
from .config import Config


@dataclass(frozen=True)
class Frame:
    """The node said something."""

    session: Session
    frame: Any


@dataclass(frozen=True)
class Ended:
    """The stream is over, whichever direction failed first."""

    session: Session
    code: grpc.StatusCode
    details: str
    retry_after_seconds: float = 0


class Session:
    """
    Opens a channel of its own. What comes is put into `events`; the thread that takes it out owns the session: it alone
    sends and closes. An error in either direction ends the call for both, because gRPC knows one status a call.
    """

    def __init__(self, config: Config, service: Any, language: str, events: queue.SimpleQueue[Any]):
        self._events = events
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._channel = open_channel(config)
        stub = service.RemoteContractsStub(self._channel)
        self._call = stub.Connect(iter(self._outbox.get, None), metadata=metadata(config, language))
        threading.Thread(target=self._read, daemon=True, name="reader").start()

    def send(self, frame: Any) -> None:
        self._outbox.put(frame)

    def half_close(self) -> None:
        self._outbox.put(None)

    def idle(self) -> bool:
        """Everything sent is on its way."""
        return self._outbox.empty()

    def close(self) -> None:
        """Ends both directions at once."""
        self._call.cancel()
        self._outbox.put(None)
        self._channel.close()

    def _read(self) -> None:
        try:
            for frame in self._call:
                self._events.put(Frame(self, frame))
            self._events.put(Ended(self, grpc.StatusCode.OK, "the node ended the stream"))
        except grpc.RpcError as error:
            self._events.put(_ended(self, error))
        except ValueError as error:  # what gRPC raises when the channel was closed meanwhile
            self._events.put(Ended(self, grpc.StatusCode.CANCELLED, str(error)))


def _ended(session: Session, error: Any) -> Ended:
    retry_after = 0.0
    for name, value in error.trailing_metadata() or ():
        if name == "retry-after-ms" and str(value).isdigit():
            retry_after = min(int(value) / 1000, 3600)
    return Ended(session, error.code(), error.details() or "", retry_after)
