package remote

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	pb "smart-contract/remotesc"
)

const (
	// maxResultBytes: a node takes messages of at most 4 MiB, and ends the session of who sends a larger one.
	maxResultBytes  = 3 * 1024 * 1024
	maxMessageBytes = 8 * 1024
	maxStackBytes   = 32 * 1024
)

// outcome is how one call of Process ended: by itself, or with a failure that is none of its results.
type outcome struct {
	result  ProcessResult
	failure *pb.ContractError
	took    time.Duration
}

// answer makes of an outcome what the node is told.
func answer(one *invocation, out outcome, logs *pb.LogChunk, scrub func(string) string) *pb.Result {
	base := func() *pb.Result {
		return &pb.Result{
			InvocationId: one.id,
			DataJson:     "{}",
			Logs:         logs,
			DurationMs:   uint32(min(out.took.Milliseconds(), 1<<31)),
		}
	}
	result := base()
	failure := out.failure
	if failure == nil {
		failure = fill(result, out.result)
	}
	if size := proto.Size(result); failure == nil && size > maxResultBytes {
		failure = badOutput(fmt.Errorf("the result has %d bytes, %d are allowed", size, maxResultBytes))
	}
	if failure == nil {
		return result
	}
	if failure.Kind != pb.ErrorKind_BUSINESS || proto.Size(result) > maxResultBytes {
		result = base()
	}
	failure.Message = shortened(scrub(failure.Message), maxMessageBytes)
	failure.Stack = shortened(scrub(failure.Stack), maxStackBytes)
	result.Error = failure
	return result
}

// fill writes what Process returned; the error is the author's own, or says what cannot be written as JSON.
func fill(result *pb.Result, returned ProcessResult) *pb.ContractError {
	data, err := jsonText(returned.Data)
	if err != nil {
		return badOutput(fmt.Errorf("the result cannot be written as JSON: %w", err))
	}
	if returned.Data != nil {
		result.DataJson = data
	}
	for key, value := range returned.Heap {
		text, err := jsonText(value)
		if err != nil {
			return badOutput(fmt.Errorf("heap value %q cannot be written as JSON: %w", key, err))
		}
		if result.HeapJson == nil {
			result.HeapJson = map[string]string{}
		}
		result.HeapJson[valid(key)] = text
	}
	if returned.OutputTag != nil {
		tag := valid(*returned.OutputTag)
		result.OutputTag = &tag
	}
	result.OutputToChain = returned.OutputToChain
	if returned.Error == nil {
		return nil
	}
	return &pb.ContractError{
		Message:   errorText(returned.Error),
		Kind:      pb.ErrorKind_BUSINESS,
		Retryable: returned.Retryable,
	}
}

// errorText is the text of an error of the author's, whose Error method may panic, too.
func errorText(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = "an error whose text cannot be had"
		}
	}()
	return err.Error()
}

func badOutput(err error) *pb.ContractError {
	return &pb.ContractError{Message: err.Error(), Kind: pb.ErrorKind_BAD_OUTPUT}
}

// jsonText leaves <, > and & as they are, as the other languages do.
func jsonText(value any) (text string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return valid(string(bytes.TrimRight(buffer.Bytes(), "\n"))), nil
}

func shortened(text string, limit int) string {
	kept := headTail{limit: limit}
	kept.write(text)
	short, _ := kept.text(limit)
	return short
}
