package remote

import (
	"context"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "smart-contract/remotesc"
)

func succeed(context.Context, string, map[string]string, map[string]string) ProcessResult {
	return ProcessResult{Data: map[string]any{"status": "success"}, OutputToChain: true}
}

func TestHeadersComeOnceAndHelloFirst(t *testing.T) {
	p := newPrime(t)
	config := testConfig(p)
	config.NumWorkers = 7
	run(t, config, succeed, nil)
	s := p.next()
	for name, value := range map[string]string{
		"x-api-key": "KEY.secretsecret", "x-chain-id": "chain", "x-smart-contract-id": "contract", "x-client": "go/1.0.0",
	} {
		if got := s.headers.Get(name); !reflect.DeepEqual(got, []string{value}) {
			t.Errorf("%s is %v", name, got)
		}
	}
	hello := s.hello
	if hello.GetProtocol() != 1 || hello.GetLanguage() != "go" || hello.GetMaxInFlight() != 7 ||
		hello.GetInstanceId() != config.InstanceID || len(hello.GetHeld()) != 0 {
		t.Errorf("Hello says %v", hello)
	}
}

func TestADeliveryGivesAResult(t *testing.T) {
	p := newPrime(t)
	run(t, testConfig(p), succeed, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "token")
	result := s.result()
	if result.GetInvocationId() != "c:1" || string(result.GetLeaseToken()) != "token" || !result.GetOutputToChain() ||
		result.GetDataJson() != `{"status":"success"}` || result.GetError() != nil {
		t.Errorf("got %v", result)
	}
}

func TestAResultIsSentAgainUntilItIsAcknowledged(t *testing.T) {
	p := newPrime(t)
	var calls atomic.Int32
	client := run(t, testConfig(p), func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		calls.Add(1)
		return succeed(ctx, "", nil, nil)
	}, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "token")
	s.result()
	for round := 0; round < 3; round++ {
		s.end <- status.Error(codes.Unavailable, "restart")
		s = p.next()
		held := s.hello.GetHeld()
		if len(held) != 1 || held[0].GetInvocationId() != "c:1" || string(held[0].GetLeaseToken()) != "token" {
			t.Fatalf("held is %v", held)
		}
		s.welcome(&pb.Welcome{Kept: []string{"c:1"}})
		if result := s.result(); result.GetInvocationId() != "c:1" || string(result.GetLeaseToken()) != "token" {
			t.Errorf("got %v", result)
		}
	}
	s.acknowledge("c:1")
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Cancel{Cancel: &pb.Cancel{InvocationId: "unknown"}}})
	eventually(t, func() bool { return client.held.count() == 0 })
	s.end <- nil
	if held := p.next().hello.GetHeld(); len(held) != 0 {
		t.Errorf("held is %v", held)
	}
	if calls.Load() != 1 {
		t.Errorf("Process was called %d times", calls.Load())
	}
}

func TestWhatTheNodeDoesNotKeepIsCancelledAndForgotten(t *testing.T) {
	p := newPrime(t)
	begun, ended := make(chan bool), make(chan error, 1)
	run(t, testConfig(p), func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		begun <- true
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ProcessResult{}
	}, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "token")
	<-begun
	s.end <- nil
	s = p.next()
	s.welcome(&pb.Welcome{})
	if cause := <-ended; cause != errCancelled {
		t.Errorf("the context ended with %v", cause)
	}
	s.deliver("c:2", "token")
	<-begun
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Cancel{Cancel: &pb.Cancel{InvocationId: "c:2"}}})
	if cause := <-ended; cause != errCancelled {
		t.Errorf("the context ended with %v", cause)
	}
	s.end <- nil
	if held := p.next().hello.GetHeld(); len(held) != 0 {
		t.Errorf("held is %v", held)
	}
}

func TestAnotherDeliveryOfTheSameWorkGoesOnUnderTheNewLease(t *testing.T) {
	p := newPrime(t)
	release := make(chan struct{})
	var calls atomic.Int32
	run(t, testConfig(p), func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		calls.Add(1)
		<-release
		return succeed(ctx, "", nil, nil)
	}, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "old")
	s.deliver("c:1", "new")
	s.deliver("c:2", "t")
	eventually(t, func() bool { return calls.Load() == 2 })
	close(release)
	tokens := map[string]string{}
	for range [2]int{} {
		result := s.result()
		tokens[result.GetInvocationId()] = string(result.GetLeaseToken())
	}
	if tokens["c:1"] != "new" || calls.Load() != 2 {
		t.Errorf("tokens %v after %d calls", tokens, calls.Load())
	}
	s.deliver("c:1", "newest")
	if result := s.result(); string(result.GetLeaseToken()) != "newest" || calls.Load() != 2 {
		t.Errorf("got %v after %d calls", result, calls.Load())
	}
}

func TestALongCallReportsThatItGoesOn(t *testing.T) {
	p := newPrime(t)
	run(t, testConfig(p), func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
		<-ctx.Done()
		return ProcessResult{}
	}, nil)
	s := p.next()
	s.welcome(&pb.Welcome{LeaseMs: 90})
	s.deliver("c:1", "token")
	began := time.Now()
	for range [3]int{} {
		progress := wait(s, (*pb.ClientFrame).GetProgress)
		if progress.GetInvocationId() != "c:1" || string(progress.GetLeaseToken()) != "token" {
			t.Errorf("got %v", progress)
		}
	}
	if took := time.Since(began); took < 60*time.Millisecond {
		t.Errorf("three reports within %v of a lease of 90 ms", took)
	}
}

func TestEnvironmentAndSecretsChangeWhileConnected(t *testing.T) {
	p := newPrime(t)
	run(t, testConfig(p), func(_ context.Context, _ string, env, secrets map[string]string) ProcessResult {
		data := map[string]any{"env": env, "secrets": len(secrets["SC_SECRET_A"])}
		env["SC_ENV_A"] = "spoilt"
		return ProcessResult{Data: data}
	}, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	for _, value := range []string{"one", "three"} {
		s.environment(map[string]string{"SC_ENV_A": value}, map[string]string{"SC_SECRET_A": value})
		for _, id := range []string{"c:1", "c:2"} {
			s.deliver(id, "token")
			text := s.result().GetDataJson()
			s.acknowledge(id)
			for _, want := range []string{`"SC_INVOCATION_ID":"` + id + `"`, `"SC_ATTEMPT":"1"`} {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not in %s", want, text)
				}
			}
		}
	}
}

func TestARefusedClientNamesTheCureAndComesBack(t *testing.T) {
	for code, word := range map[codes.Code]string{
		codes.Unauthenticated: "api_key", codes.PermissionDenied: "another contract", codes.NotFound: "chain_id",
		codes.FailedPrecondition: "resume", codes.InvalidArgument: "template",
	} {
		t.Run(code.String(), func(t *testing.T) {
			p := newPrime(t)
			p.refuse(func(grpc.ServerStream) error { return status.Error(code, "missing chain ID, KEY.secretsecret") })
			client := run(t, testConfig(p), succeed, nil)
			eventually(t, func() bool { return strings.Count(client.text.String(), "level=ERROR") >= 2 })
			p.refuse(nil)
			p.next().welcome(&pb.Welcome{})
			text := client.text.String()
			if !strings.Contains(text, "missing chain ID") || !strings.Contains(text, word) {
				t.Errorf("neither reason nor cure in %s", text)
			}
			if strings.Contains(text, "secretsecret") {
				t.Error("the key is in the log")
			}
		})
	}
}

func TestARefusalEndsTheProcessWhereWanted(t *testing.T) {
	p := newPrime(t)
	p.refuse(func(grpc.ServerStream) error { return status.Error(codes.Unauthenticated, "invalid API key") })
	config := testConfig(p)
	config.ExitOnAuthError = true
	if err := run(t, config, succeed, nil).end(); err != ErrRefused {
		t.Errorf("Run returned %v", err)
	}
}

func TestItGivesUpAfterSoManyFailuresInARow(t *testing.T) {
	p := newPrime(t)
	var attempts atomic.Int32
	p.refuse(func(grpc.ServerStream) error {
		attempts.Add(1)
		return status.Error(codes.Unavailable, "not now")
	})
	config := testConfig(p)
	config.MaxReconnectAttempts = 3
	if err := run(t, config, succeed, nil).end(); err != ErrGaveUp || attempts.Load() != 3 {
		t.Errorf("Run returned %v after %d attempts", err, attempts.Load())
	}
}

func TestANodeThatHasTooMuchToDoIsLeftAlone(t *testing.T) {
	err := status.Error(codes.ResourceExhausted, "")
	if got := retryAfter(err, metadata.Pairs("retry-after-ms", "1500")); got != 1500*time.Millisecond {
		t.Errorf("got %v", got)
	}
	for _, junk := range []string{"-1", "x", "", "99999999999999999999"} {
		if got := retryAfter(err, metadata.Pairs("retry-after-ms", junk)); got != 0 {
			t.Errorf("%q gives %v", junk, got)
		}
	}
}

func TestASessionWithoutWelcomeIsGivenUp(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, func(c *Client) { c.pace.welcome = 50 * time.Millisecond })
	p.next().isGone()
	p.next()
	if !strings.Contains(client.text.String(), "no Welcome within 50ms") {
		t.Error(client.text.String())
	}
}

func TestANodeThatFallsSilentIsLeft(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, func(c *Client) { c.pace.silence = 50 * time.Millisecond })
	s := p.next()
	s.welcome(&pb.Welcome{})
	s.isGone()
	p.next()
	if !strings.Contains(client.text.String(), "nothing heard from the node") {
		t.Error(client.text.String())
	}
}

func TestANodeThatHearsNothingIsLeftAlthoughItSpeaks(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, func(c *Client) {
		c.pace.heartbeat, c.pace.echo = 10*time.Millisecond, 100*time.Millisecond
	})
	s := p.next()
	s.welcome(&pb.Welcome{})
	beat := func(echo uint64) {
		_ = s.stream.Send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Heartbeat{Heartbeat: &pb.Heartbeat{UnixMs: 1, Echo: echo}}})
	}
	last := wait(s, (*pb.ClientFrame).GetHeartbeat).GetUnixMs()
	for {
		select {
		case <-s.gone:
			eventually(t, func() bool { return strings.Contains(client.text.String(), "has not heard this process") })
			return
		case <-time.After(10 * time.Millisecond):
			beat(last)
		}
	}
}

func TestANodeThatAnswersNoHeartbeatsIsNotLeftForThat(t *testing.T) {
	session := &session{client: &Client{pace: usualPace}}
	pulse := newPulse(session, 5*time.Second)
	pulse.unanswered = []beat{{unixMs: 1, at: time.Now().Add(-time.Hour)}}
	if pulse.unheard() {
		t.Error("a node that never answered was given up")
	}
	pulse.heard(&pb.Heartbeat{Echo: 1})
	if pulse.unheard() {
		t.Error("what was answered counts as unanswered")
	}
	pulse.unanswered = []beat{{unixMs: 2, at: time.Now().Add(-9 * time.Second)}}
	if !pulse.unheard() {
		t.Error("9 s without an answer are borne")
	}
}

func TestFramesOfUnknownKindsAreIgnored(t *testing.T) {
	p := newPrime(t)
	run(t, testConfig(p), succeed, nil)
	s := p.next()
	s.send(&pb.PrimeFrame{})
	s.deliver("c:0", "before the Welcome")
	s.welcome(&pb.Welcome{})
	unknown := &pb.PrimeFrame{}
	// Field 100, of length 1.
	unknown.ProtoReflect().SetUnknown([]byte{0xa2, 0x06, 0x01, 0x00})
	s.send(unknown)
	s.welcome(&pb.Welcome{})
	s.deliver("c:1", "token")
	if result := s.result(); result.GetInvocationId() != "c:1" {
		t.Errorf("got %v", result)
	}
}

func TestANodeOfAnotherProtocolIsRefused(t *testing.T) {
	p := newPrime(t)
	client := run(t, testConfig(p), succeed, nil)
	s := p.next()
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Welcome{Welcome: &pb.Welcome{Protocol: 2}}})
	s.isGone()
	eventually(t, func() bool { return strings.Contains(client.text.String(), "take the template of the node's version") })
}

func TestCheckAsksTheNode(t *testing.T) {
	p := newPrime(t)
	reply, err := Check(context.Background(), testConfig(p))
	if err != nil || reply.GetContractId() != "contract" {
		t.Errorf("got %v, %v", reply, err)
	}
}

// eventually waits for what other goroutines bring about.
func eventually(t *testing.T, isSo func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !isSo(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
	}
}
