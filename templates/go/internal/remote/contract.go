package remote

import (
	"context"
	"encoding/json"
	"fmt"
)

// ProcessFunc is the contract: one call for each transaction.
type ProcessFunc func(ctx context.Context, txJSON string, env, secrets map[string]string) ProcessResult

// ProcessResult is what became of one transaction.
type ProcessResult struct {
	// Data is the result; it must be possible to write it as JSON. nil is {}.
	Data map[string]any
	// OutputToChain puts the result on the chain as a transaction. Otherwise the node alone keeps it.
	OutputToChain bool
	// Error says that the transaction has failed, for good: it is not tried again.
	Error error
	// Retryable makes of an Error one that is worth another attempt.
	Retryable bool
	// OutputTag replaces the tag of the output's transaction. nil: that of the invoking one.
	OutputTag *string
	// Heap is written to the contract's heap: values that can be written as JSON, by key. The last one written stays.
	Heap map[string]any
}

// Transaction is what invokes the contract.
type Transaction struct {
	Version string            `json:"version"`
	DCRN    string            `json:"dcrn"`
	Header  TransactionHeader `json:"header"`
	// Payload is JSON text as it stands on the chain; Decode reads it without loss of large numbers.
	Payload json.RawMessage `json:"payload"`
}

// TransactionHeader tells where a transaction stands.
type TransactionHeader struct {
	TxnType string `json:"txn_type"`
	DcID    string `json:"dc_id"`
	TxnID   string `json:"txn_id"`
	// BlockID is the height of the block, as decimal text.
	BlockID string `json:"block_id"`
	// Timestamp is in seconds since 1970, as decimal text.
	Timestamp string `json:"timestamp"`
	Tag       string `json:"tag"`
	// Invoker is empty but in outputs of contracts.
	Invoker string `json:"invoker"`
}

// ParseTransaction reads the text that Process is given.
func ParseTransaction(txJSON string) (Transaction, error) {
	var tx Transaction
	if err := json.Unmarshal([]byte(txJSON), &tx); err != nil {
		return Transaction{}, fmt.Errorf("this is no transaction: %w", err)
	}
	return tx, nil
}

// Decode reads the payload into what target points to.
func (tx Transaction) Decode(target any) error {
	return json.Unmarshal(tx.Payload, target)
}
