package main

import (
	"context"
	"fmt"
)

// Process is your contract. It is called once for every transaction of the contract's type, up to num_workers calls at
// a time, each in a goroutine of its own.
//
// txJSON is the transaction as JSON text; ParseTransaction reads it. env holds the documented variables and your own as
// SC_ENV_*; secrets holds yours as SC_SECRET_*. SC_INVOCATION_ID in env stays the same when a transaction is tried again:
// use it where something outside the chain must happen only once.
//
// ctx ends when the time for the call is over, and when nobody wants its result any more: hand it on to whatever waits.
// A panic is a failure that is tried again; ProcessResult.Error is the final word on a transaction.
func Process(ctx context.Context, txJSON string, env, secrets map[string]string) ProcessResult {
	tx, err := ParseTransaction(txJSON)
	if err != nil {
		return ProcessResult{Error: err}
	}

	var payload map[string]any
	if err := tx.Decode(&payload); err != nil {
		return ProcessResult{Error: fmt.Errorf("the payload is no JSON object: %w", err)}
	}

	LoggerFrom(ctx).Printf("transaction %s has %d fields", tx.Header.TxnID, len(payload))

	return ProcessResult{
		Data: map[string]any{
			"status":   "success",
			"contract": env["SMART_CONTRACT_NAME"],
			"data":     payload,
		},
		OutputToChain: true,
	}
}
