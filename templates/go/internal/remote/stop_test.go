package remote

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "smart-contract/remotesc"
)

func TestAStopFinishesWhatIsBegun(t *testing.T) {
	release := make(chan struct{})
	client, s := begin(t, func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		<-release
		return succeed(ctx, "", nil, nil)
	}, nil)
	s.deliver("c:1", "token")
	eventually(t, func() bool { return client.held.count() == 1 })
	client.stop()
	if credit := wait(s, (*pb.ClientFrame).GetCredit); credit.GetMaxInFlight() != 0 {
		t.Errorf("got %v", credit)
	}
	s.deliver("c:2", "came too late")
	close(release)
	if result := s.result(); result.GetInvocationId() != "c:1" {
		t.Errorf("got %v", result)
	}
	if len(client.ended) > 0 {
		t.Error("the process ends without the answer to its result")
	}
	s.acknowledge("c:1")
	wait(s, (*pb.ClientFrame).GetGoodbye)
	s.isGone()
	if err := client.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestAStopWaitsNoLongerThanItsGrace(t *testing.T) {
	ended := make(chan error, 1)
	client, s := begin(t, func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ProcessResult{}
	}, func(c *Config) { c.ShutdownGrace = 100 * time.Millisecond })
	s.deliver("c:1", "token")
	eventually(t, func() bool { return client.held.count() == 1 })
	client.stop()
	wait(s, (*pb.ClientFrame).GetGoodbye)
	if err := client.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if cause := <-ended; cause != errStopped {
		t.Errorf("the context ended with %v", cause)
	}
}

func TestAStopDeliversAResultOverANewSession(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "token")
	s.result()
	client.stop()
	s.end <- status.Error(codes.Unavailable, "")
	s = p.next()
	s.welcome(&pb.Welcome{Kept: []string{"c:1"}})
	s.result()
	if credit := wait(s, (*pb.ClientFrame).GetCredit); credit.GetMaxInFlight() != 0 {
		t.Errorf("got %v", credit)
	}
	s.acknowledge("c:1")
	if err := client.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestAStopBetweenSessionsIsImmediate(t *testing.T) {
	p := newPrime(t)
	config := testConfig(p)
	config.ReconnectDelay, config.MaxBackoff = time.Hour, time.Hour
	client := run(t, config, succeed, nil)
	p.next().end <- nil
	eventually(t, func() bool { return strings.Contains(client.text.String(), "reconnect_in_seconds") })
	client.stop()
	if err := client.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestAStopBeforeTheWelcomeIsImmediate(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, nil)
	p.next()
	client.stop()
	if err := client.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}
