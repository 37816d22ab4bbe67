package main

import (
	"context"
	"errors"
	"sort"
	"strconv"
	"strings"
	"time"
)

type order struct {
	Do    string `json:"do"`
	N     int    `json:"n"`
	Ms    int    `json:"ms"`
	Bytes int    `json:"bytes"`
	Lines int    `json:"lines"`
	Text  string `json:"text"`
}

// Process does as the transaction says; see ../support/order.ts.
func Process(ctx context.Context, txJSON string, env, secrets map[string]string) ProcessResult {
	begin := time.Now().UnixMilli()
	tx, err := ParseTransaction(txJSON)
	if err != nil {
		return ProcessResult{Error: err}
	}
	var wanted order
	if err := tx.Decode(&wanted); err != nil {
		return ProcessResult{Error: err}
	}
	result := ProcessResult{OutputToChain: wanted.Do == "ok"}
	act(ctx, wanted, env, secrets, &result)
	if result.Data == nil {
		attempt, _ := strconv.Atoi(env["SC_ATTEMPT"])
		result.Data = map[string]any{
			"n":          wanted.N,
			"attempt":    attempt,
			"invocation": env["SC_INVOCATION_ID"],
			"begin_ms":   begin,
			"end_ms":     time.Now().UnixMilli(),
		}
	}
	return result
}

func act(ctx context.Context, wanted order, env, secrets map[string]string, result *ProcessResult) {
	pause := time.Duration(wanted.Ms) * time.Millisecond
	switch wanted.Do {
	case "error":
		result.Error = errors.New("the contract says no")
	case "throw":
		panic("the contract fell")
	case "sleep":
		time.Sleep(pause)
	case "spin":
		for end := time.Now().Add(pause); time.Now().Before(end); {
		}
	case "print":
		logger := LoggerFrom(ctx)
		for line := 0; line < max(1, wanted.Lines); line++ {
			logger.Printf("%s out %d", wanted.Text, line)
			logger.Printf("%s err %d", wanted.Text, line)
			time.Sleep(pause)
		}
	case "unfit":
		result.Data = map[string]any{"value": make(chan int)}
	case "big":
		result.Data = map[string]any{"text": strings.Repeat("x", wanted.Bytes)}
	case "env":
		result.Data = map[string]any{"env": names(env), "secrets": names(secrets), "value": env["SC_ENV_VALUE"]}
	}
}

func names(values map[string]string) []string {
	all := make([]string, 0, len(values))
	for name := range values {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
