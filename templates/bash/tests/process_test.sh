#!/usr/bin/env bash
# Of your contract: change it together with process.sh.
cd "$(dirname "$0")/.." || exit 1

logs=$(mktemp)
trap 'rm -f "$logs"' EXIT
failures=0

# processed PAYLOAD: the contract's output, with its exit code in $code and its logs in the file $logs.
processed() {
  output=$(
    jq -cn --argjson payload "$1" '{version: "2", header: {txn_id: "some-id", txn_type: "adder"}, payload: $payload}' |
      env -i PATH="$PATH" HOME="$HOME" TXN_ID=some-id TXN_TYPE=adder SC_INVOCATION_ID=contract:some-id SC_ATTEMPT=1 \
        bash process.sh 2>"$logs"
  )
  code=$?
}

# is NAME ACTUAL EXPECTED
is() {
  if [ "$2" = "$3" ]; then
    echo "ok: $1"
  else
    echo "FAILED: $1: expected $3, got $2"
    failures=$((failures + 1))
  fi
}

processed '{"numbers": [1, 2, 3]}'
is "numbers are added up" "$(jq .sum <<<"$output")" 6
is "the sum goes to the chain" "$(jq .OUTPUT_TO_CHAIN <<<"$output")" true
is "nothing went wrong" "$code" 0

processed '{}'
is "no numbers add up to nothing" "$(jq .sum <<<"$output")" 0

processed '{"numbers": ["one"]}'
is "what are no numbers is an error" "$code" 1
is "the error is the last line of the logs" "$(tail -n 1 "$logs")" "numbers must be a list of numbers"

exit "$((failures > 0))"
