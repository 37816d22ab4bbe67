package remote

import (
	"sync"

	pb "smart-contract/remotesc"
)

// outbox holds the frames of one session that wait to be sent: whoever puts one in never waits for the network. What is
// in it is bounded by what the node has granted.
type outbox struct {
	mutex  sync.Mutex
	frames []*pb.ClientFrame
	closed bool
	filled chan struct{}
}

func newOutbox() *outbox {
	return &outbox{filled: make(chan struct{}, 1)}
}

func (o *outbox) put(frame *pb.ClientFrame) {
	o.mutex.Lock()
	if !o.closed {
		o.frames = append(o.frames, frame)
	}
	o.mutex.Unlock()
	o.wake()
}

// close says that nothing follows what is in the outbox.
func (o *outbox) close() {
	o.mutex.Lock()
	o.closed = true
	o.mutex.Unlock()
	o.wake()
}

func (o *outbox) wake() {
	select {
	case o.filled <- struct{}{}:
	default:
	}
}

// next gives the oldest frame, nil when there is none; over says that none will come.
func (o *outbox) next() (frame *pb.ClientFrame, over bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if len(o.frames) == 0 {
		o.frames = nil
		return nil, o.closed
	}
	frame = o.frames[0]
	o.frames = o.frames[1:]
	return frame, false
}
