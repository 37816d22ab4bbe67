"""Your contract: the one file to edit. `process` is called for every transaction of the contract's type."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ProcessResult:
    # A JSON object. The node keeps it, on the chain or off it.
    data: dict[str, Any] | None = None
    # True: `data` becomes a transaction of the chain.
    output_to_chain: bool = False
    # What is wrong with the transaction. It is not tried again, unless `retryable` says so.
    error: str | None = None
    retryable: bool = False
    # JSON values by key, kept by the node and readable over REST.
    heap: dict[str, Any] = field(default_factory=dict)
    # Tag of the transaction that `data` becomes; None: that of the transaction processed.
    output_tag: str | None = None


@dataclass
class TransactionHeader:
    tag: str
    dc_id: str
    txn_id: str
    block_id: str
    txn_type: str
    # Seconds since 1970.
    timestamp: str
    invoker: str


@dataclass
class Transaction:
    version: str
    header: TransactionHeader
    payload: dict[str, Any]

    @classmethod
    def from_json(cls, tx_json: str) -> Transaction:
        """Raises ValueError for what is no transaction."""
        fields = json.loads(tx_json)
        if not isinstance(fields, dict) or not isinstance(fields.get("header"), dict):
            raise ValueError("a transaction is a JSON object with a header")
        header = fields["header"]
        names = ("tag", "dc_id", "txn_id", "block_id", "txn_type", "timestamp", "invoker")
        texts = {name: "" if header.get(name) is None else str(header[name]) for name in names}
        return cls(str(fields.get("version", "")), TransactionHeader(**texts), fields.get("payload", {}))


def process(
    tx_json: str,
    env_vars: dict[str, str],
    secrets: dict[str, str],
) -> ProcessResult:
    """
    Called from several threads at once (num_workers in config.yaml). An exception means: try this transaction again later.
    What is printed or logged here is kept by the node with the result.
    """
    transaction = Transaction.from_json(tx_json)
    # SC_INVOCATION_ID is the same at every attempt: pass it on to other systems, so that they can tell a repetition.
    logging.info("attempt %s of %s", env_vars.get("SC_ATTEMPT"), env_vars.get("SC_INVOCATION_ID"))

    # Your logic from here on. This example adds numbers up: {"numbers": [1, 2, 3]}.
    numbers = transaction.payload.get("numbers", [])
    if not isinstance(numbers, list) or not all(type(one) in (int, float) for one in numbers):
        return ProcessResult(error="numbers must be a list of numbers")

    return ProcessResult(
        data={"status": "success", "sum": sum(numbers)},
        output_to_chain=True,
    )
