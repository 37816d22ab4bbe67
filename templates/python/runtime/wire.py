"""The Python code of proto/remote_sc.proto, generated when it is missing."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PROTOCOL = 1


class WireError(Exception):
    """There is no generated code and it cannot be made; the text says what to do."""


def load() -> tuple[ModuleType, ModuleType]:
    """The messages and the service."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    try:
        return _imported()
    except Exception as error:  # missing, or made by a generator that does not suit the protobuf in use
        logging.getLogger(__name__).info("generating code from proto/remote_sc.proto (%s)", error)
    _generate()
    try:
        return _imported()
    except Exception as error:
        raise WireError(f"the code generated from proto/remote_sc.proto cannot be loaded: {error}") from error


def _imported() -> tuple[ModuleType, ModuleType]:
    importlib.invalidate_caches()
    for name in ("remote_sc_pb2", "remote_sc_pb2_grpc"):
        sys.modules.pop(name, None)
    return importlib.import_module("remote_sc_pb2"), importlib.import_module("remote_sc_pb2_grpc")


def _generate() -> None:
    try:
        from grpc_tools import protoc
    except ImportError as error:
        raise WireError(
            "the code for proto/remote_sc.proto is missing and grpcio-tools is not installed to make it: "
            "run `pip install -r requirements.txt`, then `make proto`"
        ) from error
    status = protoc.main(
        [
            "protoc",
            f"-I{ROOT / 'proto'}",
            f"--python_out={ROOT}",
            f"--grpc_python_out={ROOT}",
            str(ROOT / "proto" / "remote_sc.proto"),
        ]
    )
    if status != 0:
        raise WireError(f"protoc ended with {status}; may {ROOT} be written to?")
