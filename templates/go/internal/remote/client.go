package remote

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"google.golang.org/grpc/status"
)

// pace is what a session may take its time for.
type pace struct {
	// welcome: the node's first frame comes within this, the making of the connection included.
	welcome time.Duration
	// silence: no frame of any kind for so long means that the node is gone, whatever answers its pings.
	silence time.Duration
	// heartbeat is how often the node hears from this process at least.
	heartbeat time.Duration
	// echo: a heartbeat that a node which answers them has not answered within this did not arrive.
	echo time.Duration
	// goodbye: how long the node may take to end a session that is over.
	goodbye time.Duration
}

const welcomeWithin = 10 * time.Second

var usualPace = pace{
	welcome:   welcomeWithin,
	silence:   13 * time.Second,
	heartbeat: 5 * time.Second,
	echo:      8 * time.Second,
	goodbye:   time.Second,
}

// Client works for a node: one session at a time, for as long as the process lives.
type Client struct {
	config      Config
	log         *slog.Logger
	pace        pace
	backoff     *backoff
	held        *held
	environment *environment
	workers     *workers

	// stopping ends when no new work is taken; hard, when what is begun is given up.
	stopping, hard context.Context
	stopOnce       sync.Once
	stopFirst      context.CancelFunc
	stopHard       context.CancelFunc
	failure        error
}

// NewClient makes a client of a configuration that LoadConfig has checked.
func NewClient(config Config, process ProcessFunc, log *slog.Logger) *Client {
	c := &Client{
		config:      config,
		log:         log,
		pace:        usualPace,
		backoff:     newBackoff(config.ReconnectDelay, config.MaxBackoff),
		held:        newHeld(),
		environment: newEnvironment(config.APIKey),
	}
	c.stopping, c.stopFirst = context.WithCancel(context.Background())
	c.hard, c.stopHard = context.WithCancel(context.Background())
	c.workers = &workers{
		config:      config,
		process:     process,
		held:        c.held,
		environment: c.environment,
		log:         log,
		slots:       make(chan struct{}, config.NumWorkers),
		onExhausted: func() { c.stop(ErrStuck) },
	}
	return c
}

// Run works until ctx ends, and then finishes what is begun. Otherwise it returns only with one of the errors of this
// package: ErrGaveUp, ErrRefused, ErrStuck.
func (c *Client) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { c.stop(nil) })()
	for !c.over() {
		end := c.session()
		if c.over() {
			break
		}
		delay := c.backoff.after(end)
		c.report(end, delay)
		if end.refused() && c.config.ExitOnAuthError {
			return ErrRefused
		}
		if limit := c.config.MaxReconnectAttempts; limit > 0 && c.backoff.failures >= limit {
			c.log.Error("giving up", "failures", c.backoff.failures)
			return ErrGaveUp
		}
		c.wait(delay)
	}
	return c.failure
}

// stop takes no new work, and gives the begun a while. The failure is what Run returns in the end.
func (c *Client) stop(failure error) {
	c.stopOnce.Do(func() {
		c.failure = failure
		if failure != nil {
			c.log.Error("stopping", "error", failure, "cure", "let Process return when its context ends")
		}
		// The last tenth is for taking leave.
		time.AfterFunc(c.config.ShutdownGrace*9/10, c.stopHard)
		c.stopFirst()
	})
}

// over says that nothing is left to do.
func (c *Client) over() bool {
	return c.stopping.Err() != nil && (c.held.count() == 0 || c.hard.Err() != nil)
}

func (c *Client) report(end sessionEnd, delay time.Duration) {
	text := c.environment.scrub(end.err.Error())
	again := "reconnect_in_seconds"
	rounded := math.Round(delay.Seconds()*10) / 10
	switch _, fromNode := status.FromError(end.err); {
	case end.refused():
		c.log.Error("the node refuses this contract", "error", text, "cure", end.cure(), again, rounded)
	case fromNode && end.healthyFor == 0:
		c.log.Error("no session", "error", text, again, rounded)
	default:
		c.log.Warn("the session has ended", "error", text, again, rounded)
	}
}

// wait is cut short by a stop.
func (c *Client) wait(delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	stopping := c.stopping.Done()
	if c.stopping.Err() != nil {
		stopping = nil
	}
	select {
	case <-timer.C:
	case <-stopping:
	case <-c.hard.Done():
	}
}
