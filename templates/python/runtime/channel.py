"""The connection to the node, such that a silent one is noticed within about 13 seconds."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc

from . import VERSION
from .config import Config, ConfigError

# Without a welcome within so many seconds the attempt has failed.
WELCOME_SECONDS = 10


def options(config: Config) -> list[tuple[str, int]]:
    base_ms = max(int(config.reconnect_delay_seconds * 1000), 100)
    return [
        ("grpc.keepalive_time_ms", 10_000),
        ("grpc.keepalive_timeout_ms", 3_000),
        ("grpc.keepalive_permit_without_calls", 1),
        # gRPC's core pings an idle stream only twice (old versions) or once a minute (new ones) without this, ...
        ("grpc.http2.max_pings_without_data", 0),
        # ... and new versions wait a minute for the answer without this, whatever the timeout above says.
        ("grpc.http2.ping_timeout_ms", 3_000),
        # Every attempt is a connection of its own: gRPC's own backoff must not outlast ours.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", base_ms),
        ("grpc.max_reconnect_backoff_ms", base_ms),
        ("grpc.min_reconnect_backoff_ms", WELCOME_SECONDS * 1000),
    ]


def open_channel(config: Config) -> grpc.Channel:
    if not config.use_tls:
        return grpc.insecure_channel(config.server_address, options(config))
    return grpc.secure_channel(config.server_address, credentials(config), options(config))


def credentials(config: Config) -> grpc.ChannelCredentials:
    """Trusts what the system trusts, and the certificate of tls_cert_path besides."""
    if config.tls_cert_path == "":
        return grpc.ssl_channel_credentials()
    try:
        trusted = ssl.create_default_context(cafile=config.tls_cert_path)
    except OSError as error:
        raise ConfigError(f"tls_cert_path: {config.tls_cert_path} cannot be used: {error}") from error
    trusted.load_default_certs()
    roots = [ssl.DER_cert_to_PEM_cert(one) for one in trusted.get_ca_certs(binary_form=True)]
    # Last and as it stands: the certificate of a server itself is no authority, and not in the list above.
    roots.append(Path(config.tls_cert_path).read_text(encoding="utf-8"))
    return grpc.ssl_channel_credentials("\n".join(roots).encode())


def metadata(config: Config, language: str) -> tuple[tuple[str, str], ...]:
    return (
        ("x-api-key", config.api_key),
        ("x-smart-contract-id", config.smart_contract_id),
        ("x-chain-id", config.chain_id),
        ("x-client", f"{language}/{VERSION}"),
    )
