package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	pb "smart-contract/remotesc"
)

// linger is how long a call whose context has ended may take to come back before it counts as stuck.
const linger = time.Second

// workers calls Process, num_workers times at once at most.
type workers struct {
	config      Config
	process     ProcessFunc
	held        *held
	environment *environment
	log         *slog.Logger
	slots       chan struct{}
	// stuck counts calls that ignore the end of their context. No goroutine can be ended from outside: their places are
	// given to others, but only so many of them are borne.
	stuck       atomic.Int32
	onExhausted func()
}

// run sees an invocation through. It returns when the place of the call is free again.
func (w *workers) run(one *invocation) {
	beat := time.NewTicker(max(one.lease/3, time.Millisecond))
	defer beat.Stop()
	for waiting := true; waiting; {
		select {
		case w.slots <- struct{}{}:
			waiting = false
		case <-beat.C:
			w.held.progress(one)
		case <-one.ctx.Done():
			return
		}
	}
	defer func() { <-w.slots }()
	if one.ctx.Err() != nil {
		return
	}
	ctx, cancel := w.limited(one.ctx)
	defer cancel()
	logger := newLogger(w.config.LogLimitBytes, w.environment.scrub, w.log, one.id)
	began := time.Now()
	done := w.begin(context.WithValue(ctx, loggerKey{}, logger), one)
	w.await(ctx, one, done, beat.C, func(out outcome) {
		out.took = time.Since(began)
		w.held.finish(one, answer(one, out, logger.chunk(w.config.LogLimitBytes), w.environment.scrub))
	})
}

func (w *workers) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.config.ProcessTimeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, w.config.ProcessTimeout)
}

func (w *workers) await(ctx context.Context, one *invocation, done <-chan outcome, beat <-chan time.Time, finish func(outcome)) {
	for {
		select {
		case out := <-done:
			if out.result.Error != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				out = w.timeout()
			}
			finish(out)
			return
		case <-beat:
			w.held.progress(one)
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				finish(w.timeout())
			}
			w.leave(one, done)
			return
		}
	}
}

func (w *workers) timeout() outcome {
	message := fmt.Sprintf("Process took longer than %v", w.config.ProcessTimeout)
	return outcome{failure: &pb.ContractError{Message: message, Kind: pb.ErrorKind_TIMEOUT, Retryable: true}}
}

// begin calls Process in a goroutine of its own, and makes an outcome of whatever ends it.
func (w *workers) begin(ctx context.Context, one *invocation) <-chan outcome {
	env, secrets := w.environment.current.Load().copies()
	env["SC_INVOCATION_ID"] = one.id
	env["SC_ATTEMPT"] = strconv.FormatUint(uint64(one.attempt), 10)
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		returned := false
		defer func() {
			if cause := recover(); cause != nil {
				out = exception(panicText(cause))
			} else if !returned {
				out = exception("Process ended its goroutine")
			}
			done <- out
		}()
		out.result = w.process(ctx, one.txJSON, env, secrets)
		returned = true
	}()
	return done
}

func exception(message string) outcome {
	return outcome{failure: &pb.ContractError{
		Message:   message,
		Kind:      pb.ErrorKind_EXCEPTION,
		Retryable: true,
		Stack:     string(debug.Stack()),
	}}
}

// panicText: the value of a panic may panic when it is asked for its text.
func panicText(cause any) (text string) {
	defer func() {
		if recover() != nil {
			text = "panic with a value that cannot be shown"
		}
	}()
	return fmt.Sprintf("panic: %v", cause)
}

// leave waits a little for a call that nobody waits for any more, and then counts it as stuck.
func (w *workers) leave(one *invocation, done <-chan outcome) {
	select {
	case <-done:
		return
	case <-time.After(linger):
	}
	stuck := w.stuck.Add(1)
	w.log.Warn("Process goes on although its context has ended; its worker is replaced",
		"invocation", one.id, "stuck", stuck, "num_workers", w.config.NumWorkers)
	go func() {
		<-done
		w.stuck.Add(-1)
		w.log.Info("a call of Process that was stuck has come back", "invocation", one.id)
	}()
	if int(stuck) == w.config.NumWorkers {
		w.onExhausted()
	}
}
