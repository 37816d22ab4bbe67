package main

import "smart-contract/internal/remote"

// What Process works with; see internal/remote/contract.go and logger.go for the fields.
type (
	ProcessResult     = remote.ProcessResult
	Transaction       = remote.Transaction
	TransactionHeader = remote.TransactionHeader
	Logger            = remote.Logger
)

var (
	// ParseTransaction reads the JSON text that Process is given.
	ParseTransaction = remote.ParseTransaction
	// LoggerFrom gives the log of the running call: what is written there is kept with its result.
	LoggerFrom = remote.LoggerFrom
)
