package remote

import (
	"math"
	"math/rand"
	"time"
)

// healthyAfter is how long a session must have lasted since its Welcome to count as a success.
const healthyAfter = 60 * time.Second

// backoff says how long to wait before the next attempt: min(ceiling, base·2^attempts) + U(0, base).
type backoff struct {
	base    time.Duration
	ceiling time.Duration
	// attempts is the exponent; failures counts those in a row that never became healthy.
	attempts int
	failures int
	random   func() float64
}

func newBackoff(base, ceiling time.Duration) *backoff {
	return &backoff{base: base, ceiling: ceiling, random: rand.Float64}
}

// after takes in how an attempt ended and returns the wait until the next one.
func (b *backoff) after(end sessionEnd) time.Duration {
	if end.healthyFor >= healthyAfter {
		b.attempts, b.failures = 0, 0
	} else {
		b.failures++
	}
	delay := b.exponential()
	b.attempts++
	if end.refused() {
		delay = b.ceiling
	}
	delay = max(delay, min(end.notBefore, max(b.ceiling, b.base)))
	return delay + time.Duration(b.random()*float64(b.base))
}

func (b *backoff) exponential() time.Duration {
	// 2^62 of anything is over the ceiling, and a larger exponent is no number of ns any more.
	seconds := b.base.Seconds() * math.Exp2(float64(min(b.attempts, 62)))
	if seconds >= b.ceiling.Seconds() {
		return b.ceiling
	}
	return time.Duration(seconds * float64(time.Second))
}
