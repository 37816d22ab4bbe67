"""A node for tests, whose words are dictated by the test. Run as a program it stands alone and says what a healthy one would."""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from concurrent import futures
from typing import Any

import grpc

from runtime import wire

messages, service = wire.load()

# A server of gRPC's core throws out clients that ping as often as ours unless told so.
OPTIONS = [
    ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.so_reuseport", 0),
]


class Stream:
    """One client's session, seen from the node."""

    def __init__(self, context: Any):
        self.metadata = context.invocation_metadata()
        self.heard: queue.Queue[Any] = queue.Queue()
        self.ended = threading.Event()
        self._context = context
        self._words: queue.Queue[Any] = queue.Queue()
        self._refusal: tuple[Any, str] | None = None

    def say(self, **frame: Any) -> None:
        self._words.put(messages.PrimeFrame(**frame))

    def welcome(self, **changes: Any) -> Any:
        """Takes the client in; returns its hello."""
        hello = self.expect("hello")
        words = {"protocol": 1, "session_id": "s", "contract_name": "adder", "execution_order": "parallel"}
        words.update(lease_ms=60000, heartbeat_ms=5000, granted_in_flight=hello.max_in_flight)
        words.update(changes)
        self.say(welcome=messages.Welcome(**words))
        return hello

    def environment(self, version: int = 1, env: Any = None, secrets: Any = None) -> None:
        self.say(contract_env=messages.ContractEnv(version=version, env=env or {}, secrets=secrets or {}))

    def deliver(self, identity: str, payload: Any = None, token: bytes = b"token", **changes: Any) -> None:
        words = {"invocation_id": identity, "lease_token": token, "attempt": 1, "txn_id": f"tx-{identity}"}
        words.update(transaction_json=transaction(identity, payload), kind="TRANSACTION")
        words.update(changes)
        self.say(delivery=messages.Delivery(**words))

    def acknowledge(self, identity: str, status: str = "COMMITTED") -> None:
        self.say(result_ack=messages.ResultAck(invocation_id=identity, status=status))

    def end(self, code: Any = grpc.StatusCode.UNAVAILABLE, details: str = "") -> None:
        self._refusal = (code, details)
        self._words.put(None)

    def expect(self, kind: str, seconds: float = 10) -> Any:
        """The next frame of that kind; heartbeats and the like before it are passed over."""
        until = time.monotonic() + seconds
        while True:
            frame = self.heard.get(timeout=max(until - time.monotonic(), 0.001))
            if frame is not None and frame.WhichOneof("frame") == kind:
                return getattr(frame, kind)

    def words(self) -> Any:
        while (word := self._words.get()) is not None:
            yield word
        if self._refusal is not None:
            self._context.abort(*self._refusal)


class Prime:
    def __init__(self, port: int = 0, tls: Any = None):
        self.streams: queue.Queue[Stream] = queue.Queue()
        self._server = grpc.server(futures.ThreadPoolExecutor(32), options=OPTIONS)
        service.add_RemoteContractsServicer_to_server(self, self._server)
        address = f"127.0.0.1:{port}"
        self.port = (
            self._server.add_secure_port(address, tls) if tls is not None else self._server.add_insecure_port(address)
        )
        self._server.start()

    def next(self, seconds: float = 10) -> Stream:
        """The session that comes next."""
        return self.streams.get(timeout=seconds)

    def stop(self) -> None:
        self._server.stop(None).wait()

    def Connect(self, requests: Any, context: Any) -> Any:
        stream = Stream(context)
        context.add_callback(lambda: (stream.ended.set(), stream._words.put(None)))
        threading.Thread(target=_listen, args=(requests, stream), daemon=True).start()
        self.streams.put(stream)
        yield from stream.words()

    def Check(self, _request: Any, context: Any) -> Any:
        given = dict(context.invocation_metadata())
        if given.get("x-api-key") != "key":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "invalid API key")
        return messages.CheckReply(
            chain_id=given["x-chain-id"], contract_id=given["x-smart-contract-id"], state="active", backlog=3
        )


def _listen(requests: Any, stream: Stream) -> None:
    try:
        for frame in requests:
            stream.heard.put(frame)
    except Exception:  # however the stream ended: the test looks at what came before
        pass
    stream.heard.put(None)
    stream._words.put(None)


def transaction(identity: str, payload: Any = None) -> str:
    header = {"txn_id": f"tx-{identity}", "txn_type": "adder", "dc_id": "chain", "block_id": "7"}
    header.update(timestamp="1700000000", tag="", invoker="")
    return json.dumps({"version": "2", "header": header, "payload": {} if payload is None else payload})


def _alone(port: int) -> None:
    prime = Prime(port)
    print(prime.port, flush=True)
    while True:
        stream = prime.next(1e6)
        stream.welcome()
        print("welcomed", flush=True)
        while not stream.ended.wait(5):
            if "--silent" not in sys.argv:
                stream.say(heartbeat=messages.Heartbeat(unix_ms=int(time.time() * 1000)))
        print("ended", flush=True)


if __name__ == "__main__":
    _alone(int(sys.argv[1]))
