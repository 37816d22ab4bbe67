package remote

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	pb "smart-contract/remotesc"
)

var (
	errCancelled = errors.New("the node does not want the result any more")
	errStopped   = errors.New("the process stops")
)

// invocation is one delivery, from its arrival until the node has acknowledged its result.
type invocation struct {
	id      string
	txJSON  string
	attempt uint32
	lease   time.Duration
	// ctx ends when nobody wants the result any more.
	ctx    context.Context
	cancel context.CancelCauseFunc

	// Of held, under its mutex. The token changes when the node delivers again what is being worked on here.
	token  []byte
	result *pb.Result
}

// held is all that this process has been handed and the node has not acknowledged. It outlives sessions: results are kept
// until a node has them, however many connections that takes.
type held struct {
	mutex       sync.Mutex
	invocations map[string]*invocation
	// send hands a frame to the session of the moment; nil while there is none.
	send func(*pb.ClientFrame)
	// emptied is told when nothing is held any more.
	emptied chan struct{}
}

func newHeld() *held {
	return &held{invocations: map[string]*invocation{}, emptied: make(chan struct{}, 1)}
}

// take gives the invocation to begin with, or nil where it is held already: then it goes on under the new lease.
func (h *held) take(delivery *pb.Delivery, lease time.Duration) *invocation {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if known := h.invocations[delivery.GetInvocationId()]; known != nil {
		known.token = delivery.GetLeaseToken()
		h.sendResult(known)
		return nil
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	taken := &invocation{
		id:      delivery.GetInvocationId(),
		txJSON:  delivery.GetTransactionJson(),
		attempt: delivery.GetAttempt(),
		lease:   lease,
		ctx:     ctx,
		cancel:  cancel,
		token:   delivery.GetLeaseToken(),
	}
	h.invocations[taken.id] = taken
	return taken
}

// list is what Hello says of it.
func (h *held) list() []*pb.Held {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	list := make([]*pb.Held, 0, len(h.invocations))
	for _, one := range h.invocations {
		list = append(list, &pb.Held{InvocationId: one.id, LeaseToken: one.token})
	}
	return list
}

// attach begins to use a session: what the node has not kept is forgotten, finished results are sent again, and of the
// rest the node hears that it goes on.
func (h *held) attach(kept []string, send func(*pb.ClientFrame)) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.send = send
	wanted := make(map[string]bool, len(kept))
	for _, id := range kept {
		wanted[id] = true
	}
	for id, one := range h.invocations {
		if !wanted[id] {
			h.drop(one, errCancelled)
			continue
		}
		h.sendResult(one)
		h.sendProgress(one)
	}
}

func (h *held) detach() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.send = nil
}

// finish keeps a result, and sends it if there is a session. What was cancelled meanwhile is forgotten already.
func (h *held) finish(one *invocation, result *pb.Result) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.invocations[one.id] != one {
		return
	}
	one.result = result
	h.sendResult(one)
}

func (h *held) progress(one *invocation) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.invocations[one.id] == one {
		h.sendProgress(one)
	}
}

// settle forgets an invocation whose result the node has answered. One that still runs has had no answer: that was for an
// earlier lease.
func (h *held) settle(id string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if one := h.invocations[id]; one != nil && one.result != nil {
		h.drop(one, nil)
	}
}

func (h *held) cancel(id string, cause error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if one := h.invocations[id]; one != nil {
		h.drop(one, cause)
	}
}

// cancelAll forgets everything; the node hands it out again.
func (h *held) cancelAll(cause error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, one := range h.invocations {
		h.drop(one, cause)
	}
}

func (h *held) count() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return len(h.invocations)
}

func (h *held) drop(one *invocation, cause error) {
	one.cancel(cause)
	delete(h.invocations, one.id)
	if len(h.invocations) == 0 {
		select {
		case h.emptied <- struct{}{}:
		default:
		}
	}
}

func (h *held) sendResult(one *invocation) {
	if h.send == nil || one.result == nil {
		return
	}
	// A copy: the token may change while the frame is on its way.
	result := proto.Clone(one.result).(*pb.Result)
	result.LeaseToken = one.token
	h.send(&pb.ClientFrame{Frame: &pb.ClientFrame_Result{Result: result}})
}

func (h *held) sendProgress(one *invocation) {
	if h.send == nil || one.result != nil {
		return
	}
	progress := &pb.Progress{InvocationId: one.id, LeaseToken: one.token}
	h.send(&pb.ClientFrame{Frame: &pb.ClientFrame_Progress{Progress: progress}})
}
