package remote

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pb "smart-contract/remotesc"
)

// begin connects a client with a process to a prime, and welcomes it.
func begin(t *testing.T, process ProcessFunc, change func(*Config)) (*running, *primeSession) {
	t.Helper()
	p := newPrime(t)
	config := testConfig(p)
	if change != nil {
		change(&config)
	}
	client := run(t, config, process, nil)
	s := p.next()
	s.welcome(&pb.Welcome{})
	return client, s
}

func resultOf(t *testing.T, process ProcessFunc, change func(*Config)) *pb.Result {
	t.Helper()
	_, s := begin(t, process, change)
	s.deliver("c:1", "token")
	return s.result()
}

func TestNeverMoreCallsAtOnceThanWorkers(t *testing.T) {
	var now, most atomic.Int32
	_, s := begin(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
		current := now.Add(1)
		for seen := most.Load(); current > seen && !most.CompareAndSwap(seen, current); seen = most.Load() {
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
		return ProcessResult{}
	}, func(c *Config) { c.NumWorkers = 3 })
	for i := 0; i < 60; i++ {
		s.deliver(fmt.Sprint("c:", i), "token")
	}
	for i := 0; i < 60; i++ {
		s.result()
	}
	if most.Load() != 3 {
		t.Errorf("%d calls at once with 3 workers", most.Load())
	}
}

func TestAPanicIsAFailureThatIsTriedAgain(t *testing.T) {
	failure := resultOf(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
		panic("no such account")
	}, nil).GetError()
	if failure.GetKind() != pb.ErrorKind_EXCEPTION || !failure.GetRetryable() ||
		failure.GetMessage() != "panic: no such account" || !strings.Contains(failure.GetStack(), "workers_test.go") {
		t.Errorf("got %v", failure)
	}
}

type explosive struct{}

func (explosive) Error() string { panic("inside") }

func TestWhateverEndsACallIsAResult(t *testing.T) {
	for name, process := range map[string]ProcessFunc{
		"the end of the goroutine": func(context.Context, string, map[string]string, map[string]string) ProcessResult {
			runtime.Goexit()
			return ProcessResult{}
		},
		"a panic whose value panics": func(context.Context, string, map[string]string, map[string]string) ProcessResult {
			panic(explosive{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			failure := resultOf(t, process, nil).GetError()
			if failure.GetKind() != pb.ErrorKind_EXCEPTION || !failure.GetRetryable() {
				t.Errorf("got %v", failure)
			}
		})
	}
}

func TestAnErrorOfTheAuthorsIsFinalUnlessSheSaysOtherwise(t *testing.T) {
	for _, retryable := range []bool{false, true} {
		result := resultOf(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
			return ProcessResult{
				Error: errors.New("too late"), Retryable: retryable, OutputToChain: true, Data: map[string]any{"a": 1},
			}
		}, nil)
		failure := result.GetError()
		if failure.GetKind() != pb.ErrorKind_BUSINESS || failure.GetRetryable() != retryable ||
			failure.GetMessage() != "too late" || !result.GetOutputToChain() || result.GetDataJson() != `{"a":1}` {
			t.Errorf("got %v", result)
		}
	}
}

func TestWhatIsNoJSONOrTooLargeIsBadOutput(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, returned := range map[string]ProcessResult{
		"not a number": {Data: map[string]any{"a": math.NaN()}},
		"a channel":    {Data: map[string]any{"a": make(chan int)}},
		"a cycle":      {Data: cycle},
		"too large":    {Data: map[string]any{"a": strings.Repeat("x", maxResultBytes)}},
		"heap":         {Heap: map[string]any{"a": math.Inf(1)}},
		"a large heap": {Heap: map[string]any{"a": strings.Repeat("x", maxResultBytes)}},
	} {
		t.Run(name, func(t *testing.T) {
			result := answer(&invocation{id: "c:1"}, outcome{result: returned}, nil, func(text string) string { return text })
			failure := result.GetError()
			if failure.GetKind() != pb.ErrorKind_BAD_OUTPUT || failure.GetRetryable() || result.GetDataJson() != "{}" {
				t.Errorf("got %v", failure)
			}
		})
	}
}

func TestAResultSaysAllThatWasReturned(t *testing.T) {
	tag := "for Ann & \xff"
	result := resultOf(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
		return ProcessResult{
			Data: map[string]any{"text": "<&>"}, OutputTag: &tag, Heap: map[string]any{"count": 3, "list": []int{1}},
		}
	}, nil)
	if result.GetDataJson() != `{"text":"<&>"}` || result.GetOutputTag() != "for Ann & ?" || result.GetOutputToChain() ||
		result.GetHeapJson()["count"] != "3" || result.GetHeapJson()["list"] != "[1]" {
		t.Errorf("got %v", result)
	}
	if empty := resultOf(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
		return ProcessResult{}
	}, nil); empty.GetDataJson() != "{}" || empty.OutputTag != nil {
		t.Errorf("got %v", empty)
	}
}

func TestACallThatTakesTooLongIsTriedAgain(t *testing.T) {
	for name, process := range map[string]ProcessFunc{
		"and says so": func(ctx context.Context, _ string, _, _ map[string]string) ProcessResult {
			<-ctx.Done()
			return ProcessResult{Error: ctx.Err()}
		},
		"and ignores it": func(context.Context, string, map[string]string, map[string]string) ProcessResult {
			select {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			failure := resultOf(t, process, func(c *Config) { c.ProcessTimeout = 20 * time.Millisecond }).GetError()
			if failure.GetKind() != pb.ErrorKind_TIMEOUT || !failure.GetRetryable() {
				t.Errorf("got %v", failure)
			}
		})
	}
}

func TestACallThatIgnoresItsEndDoesNotTakeAWorkerAway(t *testing.T) {
	release := make(chan struct{})
	client, s := begin(t, func(_ context.Context, txJSON string, env, _ map[string]string) ProcessResult {
		if env["SC_INVOCATION_ID"] == "c:stuck" {
			<-release
		}
		return ProcessResult{}
	}, func(c *Config) { c.NumWorkers, c.ProcessTimeout = 2, 20*time.Millisecond })
	s.deliver("c:stuck", "token")
	s.result()
	eventually(t, func() bool { return client.workers.stuck.Load() == 1 })
	if !strings.Contains(client.text.String(), "Process goes on although its context has ended") {
		t.Error("nobody is told")
	}
	eventually(t, func() bool { return len(client.workers.slots) == 0 })
	close(release)
	eventually(t, func() bool { return client.workers.stuck.Load() == 0 })
}

func TestTheProcessEndsWhenNothingButStuckCallsIsLeft(t *testing.T) {
	client, s := begin(t, func(context.Context, string, map[string]string, map[string]string) ProcessResult {
		select {}
	}, func(c *Config) { c.NumWorkers, c.ProcessTimeout = 1, 20*time.Millisecond })
	s.deliver("c:1", "token")
	s.result()
	s.acknowledge("c:1")
	wait(s, (*pb.ClientFrame).GetGoodbye)
	if err := client.end(); err != ErrStuck {
		t.Errorf("Run returned %v", err)
	}
}

func TestLogsOfCallsDoNotMix(t *testing.T) {
	var both = make(chan struct{}, 2)
	_, s := begin(t, func(ctx context.Context, _ string, env, _ map[string]string) ProcessResult {
		both <- struct{}{}
		for len(both) < 2 {
			time.Sleep(time.Millisecond)
		}
		for i := 0; i < 100; i++ {
			LoggerFrom(ctx).Printf("%s", env["SC_INVOCATION_ID"])
			LoggerFrom(ctx).Errorf("error of %s", env["SC_INVOCATION_ID"])
		}
		return ProcessResult{}
	}, nil)
	s.deliver("c:1", "token")
	s.deliver("c:2", "token")
	for range [2]int{} {
		result := s.result()
		id := result.GetInvocationId()
		if result.GetLogs().GetStdout() != strings.Repeat(id+"\n", 100) ||
			result.GetLogs().GetStderr() != strings.Repeat("error of "+id+"\n", 100) || result.GetLogs().GetTruncated() {
			t.Errorf("%s logged %v", id, result.GetLogs())
		}
	}
}

func TestNeitherKeyNorSecretsGetOut(t *testing.T) {
	client, s := begin(t, func(ctx context.Context, _ string, _, secrets map[string]string) ProcessResult {
		secret := secrets["SC_SECRET_TOKEN"]
		LoggerFrom(ctx).Printf("the token is %s", secret)
		fmt.Fprintf(LoggerFrom(ctx).Stderr(), "the key is %s", "KEY.secretsecret")
		panic("wrong token: " + secret)
	}, nil)
	s.environment(nil, map[string]string{"SC_SECRET_TOKEN": "hush-hush"})
	s.deliver("c:1", "token")
	result := s.result()
	for place, text := range map[string]string{
		"stdout": result.GetLogs().GetStdout(), "stderr": result.GetLogs().GetStderr(),
		"message": result.GetError().GetMessage(), "stack": result.GetError().GetStack(), "console": client.text.String(),
	} {
		if strings.Contains(text, "hush-hush") || strings.Contains(text, "secretsecret") {
			t.Errorf("%s holds it: %s", place, text)
		}
		if !strings.Contains(text, "***") && place != "stack" {
			t.Errorf("%s holds no sign of it: %s", place, text)
		}
	}
}

func TestLogsKeepTheirHeadAndTail(t *testing.T) {
	for _, streams := range [][2]int{{200_000, 0}, {0, 200_000}, {200_000, 200_000}, {200_000, 10}, {65_600, 0}, {40_000, 40_000}} {
		same := func(text string) string { return text }
		logger := newLogger(65536, same, testLog(), "c:1")
		for _, part := range []struct {
			of    *stream
			bytes int
		}{{&logger.stdout, streams[0]}, {&logger.stderr, streams[1]}} {
			if part.bytes > 20 {
				fmt.Fprint(part.of, "first", strings.Repeat("é", (part.bytes-10)/2), "last\xff")
			} else {
				fmt.Fprint(part.of, strings.Repeat("x", part.bytes))
			}
		}
		chunk := logger.chunk(65536)
		if total := len(chunk.GetStdout()) + len(chunk.GetStderr()); total > 65536 || total < 60_000 || !chunk.GetTruncated() {
			t.Errorf("%v: %d bytes are kept, truncated: %v", streams, total, chunk.GetTruncated())
		}
		for i, text := range []string{chunk.GetStdout(), chunk.GetStderr()} {
			if streams[i] > 65536 && (!strings.HasPrefix(text, "first") || !strings.HasSuffix(text, "last?") ||
				!strings.Contains(text, "bytes left out")) {
				t.Errorf("%v: stream %d has no head, tail or mark", streams, i)
			}
		}
	}
}

func TestShortLogsAreKeptWhole(t *testing.T) {
	kept := headTail{limit: 10}
	for _, part := range []string{"abc", "", "defg", "hij"} {
		kept.write(part)
	}
	if text, cut := kept.text(10); text != "abcdefghij" || cut {
		t.Errorf("got %q, %v", text, cut)
	}
}
