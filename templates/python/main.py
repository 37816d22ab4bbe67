"""Connects a contract to its node: `python main.py --config config.yaml`. The contract itself is process.py (or process.sh)."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from runtime import capture, channel, client, config, functions, scripts, wire

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "process.sh"
LANGUAGE = "python" if (HERE / "process.py").exists() else "bash"
BAD_CONFIG = 2

log = logging.getLogger("contract")


def main() -> int:
    arguments = _arguments()
    capture.install()
    try:
        settings, warnings = config.load(arguments.config, os.environ)
        for warning in warnings:
            log.warning(warning)
        if settings.use_tls:
            channel.credentials(settings)
        messages, service = wire.load()
    except config.ConfigError as error:
        log.error("%s", error)
        return BAD_CONFIG
    except wire.WireError as error:
        log.error("%s", error)
        return 1
    if arguments.check:
        return _check(settings, messages, service)
    return _serve(settings, messages, service)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs a contract for a Terrarium node.")
    parser.add_argument("--config", default="config.yaml", help="the settings (default: config.yaml)")
    parser.add_argument("--check", action="store_true", help="only ask the node whether it would let us in")
    return parser.parse_args()


def _serve(settings: config.Config, messages: Any, service: Any) -> int:
    limit: float | None = None
    if LANGUAGE == "python":
        from process import process

        handler, limit = functions.handler(process), settings.process_timeout_seconds
    elif SCRIPT.exists():
        handler = scripts.handler(SCRIPT, settings.process_timeout_seconds)
    else:
        log.error("there is neither process.py nor process.sh in %s", HERE)
        return 1
    running = client.Client(settings, messages, service, LANGUAGE, handler, limit)
    _stop_on_signals(running)
    status = running.run()
    logging.shutdown()
    sys.stdout.flush()
    if status == client.RESTART:
        # The one way to be rid of threads that hang.
        os.execv(sys.executable, [sys.executable, *sys.argv])
    # At once, without waiting for threads that hang.
    os._exit(status)


def _stop_on_signals(running: client.Client) -> None:
    seen: list[int] = []

    def on_signal(number: int, _frame: Any) -> None:
        if seen:
            running.abandon()
            os._exit(128 + number)
        seen.append(number)
        running.stop(signal.Signals(number).name)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)


def _check(settings: config.Config, messages: Any, service: Any) -> int:
    import grpc

    with channel.open_channel(settings) as connection:
        try:
            reply = service.RemoteContractsStub(connection).Check(
                messages.CheckRequest(),
                metadata=channel.metadata(settings, LANGUAGE),
                timeout=channel.WELCOME_SECONDS,
            )
        except grpc.RpcError as error:
            log.error("%s %s", error.code().name, error.details())
            return 1
    print(f"contract {reply.contract_id} on chain {reply.chain_id}: {reply.state}, {reply.backlog} waiting")
    return 0


if __name__ == "__main__":
    sys.exit(main())
