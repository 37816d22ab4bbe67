package remote

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	pb "smart-contract/remotesc"
)

// patience is how long a test waits for what must come; it is never waited for in vain in a test that passes.
const patience = 20 * time.Second

// prime is a node that does what a test tells it.
type prime struct {
	pb.UnimplementedRemoteContractsServer
	t        *testing.T
	address  string
	sessions chan *primeSession
	// refusal, where set, is the answer to every session.
	mutex   sync.Mutex
	refusal func(stream grpc.ServerStream) error
}

// primeSession is one stream, from the node's side.
type primeSession struct {
	t       *testing.T
	headers metadata.MD
	hello   *pb.Hello
	frames  chan *pb.ClientFrame
	stream  pb.RemoteContracts_ConnectServer
	end     chan error
	// gone is closed when the client has ended the stream, in good order or not.
	gone chan struct{}
}

func newPrime(t *testing.T) *prime {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &prime{t: t, address: listener.Addr().String(), sessions: make(chan *primeSession, 100)}
	server := grpc.NewServer()
	pb.RegisterRemoteContractsServer(server, p)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return p
}

func (p *prime) refuse(with func(stream grpc.ServerStream) error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.refusal = with
}

func (p *prime) Check(ctx context.Context, _ *pb.CheckRequest) (*pb.CheckReply, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	return &pb.CheckReply{ContractId: headers.Get("x-smart-contract-id")[0], State: "active"}, nil
}

func (p *prime) Connect(stream pb.RemoteContracts_ConnectServer) error {
	p.mutex.Lock()
	refusal := p.refusal
	p.mutex.Unlock()
	if refusal != nil {
		return refusal(stream)
	}
	headers, _ := metadata.FromIncomingContext(stream.Context())
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	s := &primeSession{
		t: p.t, headers: headers, hello: first.GetHello(), stream: stream,
		frames: make(chan *pb.ClientFrame, 10000), end: make(chan error, 1), gone: make(chan struct{}),
	}
	p.sessions <- s
	go func() {
		defer close(s.gone)
		for {
			frame, err := stream.Recv()
			if err != nil {
				if err == io.EOF {
					s.end <- nil
				}
				return
			}
			s.frames <- frame
		}
	}()
	select {
	case err := <-s.end:
		return err
	case <-stream.Context().Done():
		return nil
	}
}

// next waits for the client to connect, and says Hello.
func (p *prime) next() *primeSession {
	p.t.Helper()
	select {
	case s := <-p.sessions:
		return s
	case <-time.After(patience):
		p.t.Fatal("nobody connects")
		return nil
	}
}

func (s *primeSession) send(frame *pb.PrimeFrame) {
	s.t.Helper()
	if err := s.stream.Send(frame); err != nil {
		s.t.Error(err)
	}
}

func (s *primeSession) welcome(with *pb.Welcome) {
	s.t.Helper()
	with.Protocol = 1
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Welcome{Welcome: with}})
}

func (s *primeSession) environment(env, secrets map[string]string) {
	s.t.Helper()
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_ContractEnv{ContractEnv: &pb.ContractEnv{Env: env, Secrets: secrets}}})
}

func (s *primeSession) deliver(id, token string) {
	s.t.Helper()
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Delivery{Delivery: &pb.Delivery{
		InvocationId: id, LeaseToken: []byte(token), Attempt: 1, TransactionJson: `{"header":{},"payload":{}}`,
	}}})
}

func (s *primeSession) acknowledge(id string) {
	s.t.Helper()
	s.send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_ResultAck{ResultAck: &pb.ResultAck{
		InvocationId: id, Status: pb.AckStatus_COMMITTED,
	}}})
}

// wait gives the next frame that fits; others are passed over.
func wait[T any](s *primeSession, read func(*pb.ClientFrame) *T) *T {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case frame := <-s.frames:
			if found := read(frame); found != nil {
				return found
			}
		case <-deadline:
			s.t.Fatal("the frame does not come")
			return nil
		}
	}
}

func (s *primeSession) result() *pb.Result {
	s.t.Helper()
	return wait(s, (*pb.ClientFrame).GetResult)
}

func (s *primeSession) isGone() {
	s.t.Helper()
	select {
	case <-s.gone:
	case <-time.After(patience):
		s.t.Fatal("the client keeps the session")
	}
}

// running is a client under test.
type running struct {
	*Client
	t     *testing.T
	stop  context.CancelFunc
	ended chan error
	text  *safeText
}

type safeText struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (s *safeText) Write(bytes []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(bytes)
}

func (s *safeText) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

func testConfig(p *prime) Config {
	config := defaults()
	config.ServerAddress = p.address
	config.ChainID = "chain"
	config.SmartContractID = "contract"
	config.APIKey = "KEY.secretsecret"
	config.ReconnectDelay = 10 * time.Millisecond
	config.MaxBackoff = 20 * time.Millisecond
	return config
}

// run starts a client; change may set what NewClient does not take.
func run(t *testing.T, config Config, process ProcessFunc, change func(*Client)) *running {
	t.Helper()
	text := &safeText{}
	client := NewClient(config, process, slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if change != nil {
		change(client)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Client: client, t: t, stop: stop, ended: make(chan error, 1), text: text}
	finished := make(chan struct{})
	go func() {
		r.ended <- client.Run(ctx)
		close(finished)
	}()
	t.Cleanup(func() {
		stop()
		client.stopHard()
		<-finished
	})
	return r
}

// end waits until Run returns.
func (r *running) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(patience):
		r.t.Fatal("Run does not return")
		return nil
	}
}
