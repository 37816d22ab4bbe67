package remote

import (
	"fmt"
	"sync"
	"time"

	pb "smart-contract/remotesc"
)

// pulse tells the node that this process lives, and notices when the node does not hear it: a connection may be broken in
// that direction alone, while the node's own frames keep coming.
type pulse struct {
	session  *session
	interval time.Duration
	patience time.Duration

	mutex sync.Mutex
	// echo is what the node's heartbeats are answered with.
	echo uint64
	// unanswered heartbeats, the oldest first.
	unanswered []beat
	// answers: the node has answered one in this session; only then is the lack of an answer a sign.
	answers bool
}

type beat struct {
	unixMs uint64
	at     time.Time
}

func newPulse(s *session, nodes time.Duration) *pulse {
	pace := s.client.pace
	if nodes <= 0 {
		return &pulse{session: s, interval: pace.heartbeat, patience: pace.echo}
	}
	// The node may answer with its own next heartbeat only.
	return &pulse{session: s, interval: min(pace.heartbeat, nodes), patience: max(pace.echo, nodes+3*time.Second)}
}

// checks is how often within an interval it is looked whether the node has heard.
const checks = 5

// beat sends heartbeats until the session ends.
func (p *pulse) beat() {
	defer p.session.parts.Done()
	ticker := time.NewTicker(max(p.interval/checks, time.Millisecond))
	defer ticker.Stop()
	for ticks := 0; ; ticks++ {
		if p.unheard() {
			p.session.fail(fmt.Errorf("the node has not heard this process for %v", p.patience))
			return
		}
		if ticks%checks == 0 {
			p.send()
		}
		select {
		case <-p.session.ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (p *pulse) send() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	now := time.Now()
	unixMs := uint64(now.UnixMilli())
	p.unanswered = append(p.unanswered, beat{unixMs, now})
	// A node that answers none is not asked for the old ones.
	if len(p.unanswered) > 100 {
		p.unanswered = p.unanswered[1:]
	}
	p.session.out.put(&pb.ClientFrame{Frame: &pb.ClientFrame_Heartbeat{
		Heartbeat: &pb.Heartbeat{UnixMs: unixMs, Echo: p.echo},
	}})
}

func (p *pulse) heard(heartbeat *pb.Heartbeat) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.echo = heartbeat.GetUnixMs()
	for i := len(p.unanswered) - 1; i >= 0; i-- {
		if p.unanswered[i].unixMs == heartbeat.GetEcho() {
			p.unanswered = p.unanswered[i+1:]
			p.answers = true
			return
		}
	}
}

func (p *pulse) unheard() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.answers && len(p.unanswered) > 0 && time.Since(p.unanswered[0].at) > p.patience
}
