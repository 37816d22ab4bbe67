"""The settings of config.yaml. REMOTE_SC_<FIELD> in the environment goes before the file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

import yaml

PREFIX = "REMOTE_SC_"


class ConfigError(Exception):
    """The settings cannot be used; the text names the field."""


@dataclass(frozen=True)
class Config:
    server_address: str
    chain_id: str
    smart_contract_id: str
    # Not shown where a Config is printed.
    api_key: str = field(repr=False)
    use_tls: bool = False
    tls_cert_path: str = ""
    num_workers: int = field(default=10, metadata={"least": 1})
    reconnect_delay_seconds: float = 3
    max_backoff_seconds: float = 120
    max_reconnect_attempts: int = 0
    shutdown_grace_seconds: float = 30
    process_timeout_seconds: float = field(default=60, metadata={"least": 0.001})
    instance_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    exit_on_auth_error: bool = False
    log_limit_bytes: int = 65536


def load(path: str, environ: Mapping[str, str]) -> tuple[Config, list[str]]:
    """Reads the file and the environment; also returns warnings. Raises ConfigError."""
    written = _read(path)
    known = {one.name: one for one in fields(Config)}
    warnings = [f"{path}: there is no setting {name}" for name in written if name not in known]
    values: dict[str, Any] = {}
    for name, one in known.items():
        value = environ.get(PREFIX + name.upper()) or written.get(name)
        if value not in _ABSENT:
            values[name] = _checked(one, value)
        elif one.default is MISSING and one.default_factory is MISSING:
            raise ConfigError(f"{name} is missing: write it into {path} or set {PREFIX}{name.upper()}")
    config = Config(**values)
    for name in ("chain_id", "smart_contract_id", "api_key"):
        if not (text := getattr(config, name)).isascii() or not text.isprintable() or " " in text:
            raise ConfigError(f"{name} holds characters that no such id has")
    if not config.use_tls and not _is_loopback(config.server_address):
        warnings.append("use_tls is false: the API key travels unencrypted to another machine")
    return config, warnings


def _read(path: str) -> dict[Any, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            # Everything as the text it is: YAML would take a key of digits for a number and an id such as 010 for 8.
            written = yaml.load(file, yaml.BaseLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if written in (None, ""):
        return {}
    if not isinstance(written, dict):
        raise ConfigError(f"{path} must hold `name: value` lines")
    return written


def _checked(one: Field[Any], value: Any) -> Any:
    try:
        if not isinstance(value, str):
            raise ValueError
        converted = _CONVERT[str(one.type)](value)
    except (KeyError, ValueError):
        shown = "its value" if one.name == "api_key" else repr(value)
        raise ConfigError(f"{one.name}: {shown} is no {_NAMES[str(one.type)]}") from None
    if isinstance(converted, (int, float)) and not one.metadata.get("least", 0) <= converted < 1e9:
        raise ConfigError(f"{one.name}: {converted} is out of range")
    return converted


def _truth(value: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[value.lower()]


_ABSENT = (None, "", "~", "null")
_CONVERT: dict[str, Callable[[str], Any]] = {"str": str, "float": float, "int": int, "bool": _truth}
_NAMES = {"str": "text", "float": "number", "int": "whole number", "bool": "true or false"}


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    return host in ("localhost", "::1") or host.startswith(("127.", "unix"))
