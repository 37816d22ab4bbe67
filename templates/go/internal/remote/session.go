package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	pb "smart-contract/remotesc"
)

var errEnded = errors.New("the node has ended the session")

// session is one stream to the node. Whatever fails first, in either direction, ends its context, and with it all of it.
type session struct {
	client *Client
	ctx    context.Context
	fail   context.CancelCauseFunc
	stream pb.RemoteContracts_ConnectClient
	out    *outbox
	// parts are the goroutines that belong to it.
	parts sync.WaitGroup

	// welcome is closed with the node's first frame; what follows is written before that, or by who reads the stream.
	welcome    chan struct{}
	welcomedAt time.Time
	leaseMs    uint32
	notBefore  time.Duration
	pulse      *pulse
}

// session works for the node until the connection fails, or all is done after a stop.
func (c *Client) session() sessionEnd {
	ctx, fail := context.WithCancelCause(withHeaders(context.Background(), c.config))
	defer fail(nil)
	connection, err := dial(c.config)
	if err != nil {
		return sessionEnd{err: err}
	}
	defer connection.Close()
	s := &session{client: c, ctx: ctx, fail: fail, out: newOutbox(), welcome: make(chan struct{})}
	late := time.AfterFunc(c.pace.welcome, func() { fail(fmt.Errorf("no Welcome within %v", c.pace.welcome)) })
	defer late.Stop()

	s.parts.Add(1)
	go func() {
		defer s.parts.Done()
		s.receive(pb.NewRemoteContractsClient(connection), late)
	}()
	s.untilOver()
	fail(errEnded)
	c.held.detach()
	s.parts.Wait()
	return s.end()
}

func (s *session) end() sessionEnd {
	end := sessionEnd{err: context.Cause(s.ctx), notBefore: s.notBefore}
	if s.isWelcome() {
		// At least 1: a session that had its Welcome.
		end.healthyFor = max(time.Since(s.welcomedAt), 1)
	}
	return end
}

func (s *session) isWelcome() bool {
	select {
	case <-s.welcome:
		return true
	default:
		return false
	}
}

// receive opens the stream and reads it to its end.
func (s *session) receive(node pb.RemoteContractsClient, late *time.Timer) {
	stream, err := node.Connect(s.ctx)
	if err != nil {
		s.fail(err)
		return
	}
	s.stream = stream
	s.out.put(s.hello())
	s.parts.Add(1)
	go s.send()
	silence := time.AfterFunc(time.Hour, func() {
		s.fail(fmt.Errorf("nothing heard from the node for %v", s.client.pace.silence))
	})
	defer silence.Stop()
	for {
		frame, err := stream.Recv()
		if err != nil {
			s.notBefore = max(s.notBefore, retryAfter(err, stream.Trailer()))
			if err == io.EOF {
				err = errEnded
			}
			s.fail(err)
			return
		}
		silence.Reset(s.client.pace.silence)
		if s.isWelcome() {
			late.Stop()
		}
		s.handle(frame)
	}
}

func (s *session) hello() *pb.ClientFrame {
	return &pb.ClientFrame{Frame: &pb.ClientFrame_Hello{Hello: &pb.Hello{
		Protocol:        protocol,
		InstanceId:      s.client.config.InstanceID,
		Language:        language,
		TemplateVersion: templateVersion,
		MaxInFlight:     uint32(s.client.config.NumWorkers),
		Held:            s.client.held.list(),
	}}}
}

// send is the only one that writes to the stream.
func (s *session) send() {
	defer s.parts.Done()
	for {
		frame, over := s.out.next()
		switch {
		case over:
			if err := s.stream.CloseSend(); err != nil {
				s.fail(err)
			}
			return
		case frame != nil:
			if err := s.stream.Send(frame); err != nil {
				s.sendFailed(err)
				return
			}
		default:
			select {
			case <-s.out.filled:
			case <-s.ctx.Done():
				return
			}
		}
	}
}

// sendFailed ends the session like a failure to read. Where the stream is over, reading tells why: it has a moment.
func (s *session) sendFailed(err error) {
	if err == io.EOF {
		select {
		case <-s.ctx.Done():
		case <-time.After(time.Second):
		}
	}
	s.fail(fmt.Errorf("cannot send to the node: %w", err))
}

// untilOver returns when the session has failed, or when all is finished after a stop.
func (s *session) untilOver() {
	c := s.client
	select {
	case <-s.ctx.Done():
		return
	case <-c.stopping.Done():
	}
	s.takeNoMore()
	for c.held.count() > 0 {
		select {
		case <-s.ctx.Done():
			return
		case <-c.held.emptied:
		case <-c.hard.Done():
			c.log.Warn("the grace is over: what is unfinished will be handed out again", "unfinished", c.held.count())
			c.held.cancelAll(errStopped)
		}
	}
	if !s.isWelcome() {
		return
	}
	s.out.put(&pb.ClientFrame{Frame: &pb.ClientFrame_Goodbye{Goodbye: &pb.Goodbye{Reason: "the process stops"}}})
	s.out.close()
	select {
	case <-s.ctx.Done():
	case <-time.After(c.pace.goodbye):
	}
}

// takeNoMore asks for no deliveries once a stop has begun. Called with the Welcome and with the stop, whichever comes last.
func (s *session) takeNoMore() {
	if s.isWelcome() && s.client.stopping.Err() != nil {
		s.out.put(&pb.ClientFrame{Frame: &pb.ClientFrame_Credit{Credit: &pb.Credit{MaxInFlight: 0}}})
	}
}
