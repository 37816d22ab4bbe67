package remote

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smart-contract/remotesc"
)

// handle takes one frame of the node in. It never waits: the connection is read on.
func (s *session) handle(frame *pb.PrimeFrame) {
	if welcome := frame.GetWelcome(); welcome != nil {
		s.onWelcome(welcome)
		return
	}
	if !s.isWelcome() {
		s.client.log.Debug("a frame before the Welcome is ignored")
		return
	}
	switch kind := frame.GetFrame().(type) {
	case *pb.PrimeFrame_ContractEnv:
		s.client.environment.take(kind.ContractEnv)
	case *pb.PrimeFrame_Delivery:
		s.onDelivery(kind.Delivery)
	case *pb.PrimeFrame_ResultAck:
		s.onResultAck(kind.ResultAck)
	case *pb.PrimeFrame_Cancel:
		s.client.log.Info("cancelled by the node", "invocation", kind.Cancel.GetInvocationId(), "reason", kind.Cancel.GetReason())
		s.client.held.cancel(kind.Cancel.GetInvocationId(), errCancelled)
	case *pb.PrimeFrame_Heartbeat:
		s.pulse.heard(kind.Heartbeat)
	case *pb.PrimeFrame_Drain:
		s.notBefore = time.Duration(kind.Drain.GetReconnectAfterMs()) * time.Millisecond
		s.client.log.Info("the node is about to stop")
	default:
		s.client.log.Debug("a frame of an unknown kind is ignored")
	}
}

func (s *session) onWelcome(welcome *pb.Welcome) {
	if s.isWelcome() {
		s.client.log.Debug("a second Welcome is ignored")
		return
	}
	if welcome.GetProtocol() != protocol {
		s.fail(status.Errorf(codes.FailedPrecondition, "the node speaks protocol %d, this template %d", welcome.GetProtocol(), protocol))
		return
	}
	s.leaseMs = welcome.GetLeaseMs()
	s.welcomedAt = time.Now()
	s.pulse = newPulse(s, time.Duration(welcome.GetHeartbeatMs())*time.Millisecond)
	close(s.welcome)
	s.client.held.attach(welcome.GetKept(), s.out.put)
	s.takeNoMore()
	s.parts.Add(1)
	go s.pulse.beat()
	s.client.log.Info("connected", "session", welcome.GetSessionId(), "contract", welcome.GetContractName(),
		"order", welcome.GetExecutionOrder(), "backlog", welcome.GetBacklog(), "in_flight", welcome.GetGrantedInFlight())
}

func (s *session) onDelivery(delivery *pb.Delivery) {
	c := s.client
	if c.stopping.Err() != nil {
		// The Goodbye sets it free.
		return
	}
	if c.held.count() >= 10*c.config.NumWorkers+100 {
		s.fail(fmt.Errorf("the node delivers far more than it was asked for"))
		return
	}
	leaseMs := delivery.GetLeaseMs()
	if leaseMs == 0 {
		leaseMs = uint64(s.leaseMs)
	}
	if leaseMs == 0 || leaseMs > 3_600_000 {
		leaseMs = 60_000
	}
	if one := c.held.take(delivery, time.Duration(leaseMs)*time.Millisecond); one != nil {
		go c.workers.run(one)
	}
}

func (s *session) onResultAck(ack *pb.ResultAck) {
	switch ack.GetStatus() {
	case pb.AckStatus_COMMITTED, pb.AckStatus_ALREADY_COMMITTED:
	default:
		s.client.log.Warn("a result had no effect", "invocation", ack.GetInvocationId(),
			"status", ack.GetStatus().String(), "detail", s.client.environment.scrub(ack.GetDetail()))
	}
	s.client.held.settle(ack.GetInvocationId())
}
