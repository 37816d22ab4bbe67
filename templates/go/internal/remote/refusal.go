package remote

import (
	"errors"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Why Run ends by itself.
var (
	ErrGaveUp  = errors.New("max_reconnect_attempts reached")
	ErrRefused = errors.New("the node refuses this contract")
	ErrStuck   = errors.New("as many calls of Process as there are workers ignore that their context has ended")
)

// sessionEnd tells how an attempt to work for the node ended.
type sessionEnd struct {
	err error
	// healthyFor counts from the Welcome; 0 where none came.
	healthyFor time.Duration
	// notBefore is how long the node asks to be left alone.
	notBefore time.Duration
}

// cures names, for each refusal that no waiting cures, what does.
var cures = map[codes.Code]string{
	codes.Unauthenticated:    "put a valid key of this contract into api_key; it is missing, wrong, revoked or expired",
	codes.PermissionDenied:   "api_key belongs to another contract: check it, and smart_contract_id",
	codes.NotFound:           "check chain_id and smart_contract_id: the node at server_address does not know one of them",
	codes.InvalidArgument:    "this template and the node do not understand each other: take the template of the node's version",
	codes.FailedPrecondition: "check chain_id and smart_contract_id; resume the contract if it is paused; take the template of the node's version",
}

func (e sessionEnd) refused() bool {
	return cures[status.Code(e.err)] != ""
}

func (e sessionEnd) cure() string {
	return cures[status.Code(e.err)]
}

// retryAfter reads how long a node that has too much to do asks to be left alone. 0: it does not say.
func retryAfter(err error, trailer metadata.MD) time.Duration {
	values := trailer.Get("retry-after-ms")
	if status.Code(err) != codes.ResourceExhausted || len(values) == 0 {
		return 0
	}
	ms, failure := strconv.ParseInt(values[0], 10, 32)
	if failure != nil || ms < 0 {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}
