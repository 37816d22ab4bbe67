package remote

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func quiet() *backoff {
	b := newBackoff(3*time.Second, 120*time.Second)
	b.random = func() float64 { return 0 }
	return b
}

var dropped = sessionEnd{err: status.Error(codes.Unavailable, "")}

func TestDelaysDoubleUpToTheCeiling(t *testing.T) {
	b := quiet()
	for i, want := range []int{3, 6, 12, 24, 48, 96, 120, 120} {
		if got := b.after(dropped); got != time.Duration(want)*time.Second {
			t.Errorf("delay %d is %v, not %d s", i, got, want)
		}
	}
	for i := 0; i < 5000; i++ {
		if got := b.after(dropped); got != 120*time.Second {
			t.Fatalf("delay %v after %d failures", got, b.failures)
		}
	}
}

func TestTheRandomPartIsAtMostTheBase(t *testing.T) {
	b := newBackoff(3*time.Second, 120*time.Second)
	seen := map[time.Duration]bool{}
	for i := 0; i < 200; i++ {
		b.attempts = 0
		got := b.after(dropped)
		if got < 3*time.Second || got >= 6*time.Second {
			t.Fatalf("first delay %v", got)
		}
		seen[got] = true
	}
	if len(seen) < 100 {
		t.Errorf("only %d different delays of 200", len(seen))
	}
}

func TestOnlyAMinuteOfHealthResets(t *testing.T) {
	b := quiet()
	for i := 0; i < 4; i++ {
		b.after(dropped)
	}
	if got := b.after(sessionEnd{err: dropped.err, healthyFor: 59 * time.Second}); got != 48*time.Second || b.failures != 5 {
		t.Errorf("%v after 59 s, %d failures", got, b.failures)
	}
	if got := b.after(sessionEnd{err: dropped.err, healthyFor: 60 * time.Second}); got != 3*time.Second || b.failures != 0 {
		t.Errorf("%v after 60 s, %d failures", got, b.failures)
	}
	if got := b.after(dropped); got != 6*time.Second || b.failures != 1 {
		t.Errorf("%v after that, %d failures", got, b.failures)
	}
}

func TestARefusalJumpsToTheCeiling(t *testing.T) {
	for _, code := range []codes.Code{
		codes.Unauthenticated, codes.PermissionDenied, codes.NotFound, codes.InvalidArgument, codes.FailedPrecondition,
	} {
		b := quiet()
		if got := b.after(sessionEnd{err: status.Error(code, "")}); got != 120*time.Second {
			t.Errorf("%v waits %v", code, got)
		}
	}
}

func TestTheNodesWishForTimeIsHonouredUpToTheCeiling(t *testing.T) {
	b := quiet()
	if got := b.after(sessionEnd{err: dropped.err, notBefore: 10 * time.Second}); got != 10*time.Second {
		t.Errorf("waits %v", got)
	}
	if got := b.after(sessionEnd{err: dropped.err, notBefore: time.Hour}); got != 120*time.Second {
		t.Errorf("waits %v", got)
	}
	if got := b.after(sessionEnd{err: dropped.err, notBefore: time.Second}); got != 12*time.Second {
		t.Errorf("waits %v", got)
	}
}
