#!/usr/bin/env bash
# Your contract: the one file to edit. It is started once for every transaction of the contract's type, several at once
# (num_workers in config.yaml).
#
#   standard input    the transaction, as JSON
#   environment       PATH HOME LANG, TZ ENVIRONMENT INTERNAL_ID DRAGONCHAIN_ID DRAGONCHAIN_ENDPOINT SMART_CONTRACT_ID
#                     SMART_CONTRACT_NAME SC_ENV_* SC_SECRET_*, TXN_ID TXN_TYPE TXN_INVOKER, SC_INVOCATION_ID SC_ATTEMPT
#   standard output   one JSON object; "OUTPUT_TO_CHAIN": true in it makes it a transaction of the chain,
#                     "OUTPUT_TO_HEAP": true keeps each of its values under its key. Neither is part of the result.
#   standard error    logs, kept by the node with the result; the last line is the error message if the script fails
#   exit code         0 done; 1 to 125 the transaction is wrong, do not try again; 126 and above try again later
set -euo pipefail

transaction=$(cat)

# SC_INVOCATION_ID is the same at every attempt: pass it on to other systems, so that they can tell a repetition.
echo "attempt ${SC_ATTEMPT:-1} of ${SC_INVOCATION_ID:-}" >&2

# Your logic from here on. This example adds numbers up: {"numbers": [1, 2, 3]}.
if ! jq -e '(.payload.numbers // []) | type == "array" and all(type == "number")' <<<"$transaction" >/dev/null; then
  echo "numbers must be a list of numbers" >&2
  exit 1
fi

jq -c '{status: "success", sum: (.payload.numbers // [] | add // 0), OUTPUT_TO_CHAIN: true}' <<<"$transaction"
