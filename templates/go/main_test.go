package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"

	pb "smart-contract/remotesc"
)

// TestMain lets the test's own binary stand for the contract.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_RUNS_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the contract as a process of its own, which ends with the test at the latest.
func start(t *testing.T, environ ...string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	command := exec.CommandContext(ctx, os.Args[0], "--config", "nowhere.yaml")
	command.Env = append([]string{"TEST_RUNS_MAIN=1"}, environ...)
	var text strings.Builder
	command.Stderr = &text
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, &text
}

func exitCodeOf(t *testing.T, command *exec.Cmd) int {
	t.Helper()
	err := command.Wait()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode()
}

// silentNode welcomes nobody, and tells when somebody has come.
type silentNode struct {
	pb.UnimplementedRemoteContractsServer
	hello chan struct{}
	work  bool
}

func (n *silentNode) Connect(stream pb.RemoteContracts_ConnectServer) error {
	if n.work {
		_ = stream.Send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Welcome{Welcome: &pb.Welcome{Protocol: 1}}})
		_ = stream.Send(&pb.PrimeFrame{Frame: &pb.PrimeFrame_Delivery{Delivery: &pb.Delivery{
			InvocationId: "c:1", TransactionJson: transaction,
		}}})
		// Its result is never acknowledged: the process cannot stop in good order.
		for {
			frame, err := stream.Recv()
			if err != nil {
				return err
			}
			if frame.GetResult() != nil {
				break
			}
		}
	}
	n.hello <- struct{}{}
	<-stream.Context().Done()
	return nil
}

func (n *silentNode) listen(t *testing.T) []string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterRemoteContractsServer(server, n)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return []string{
		"REMOTE_SC_SERVER_ADDRESS=" + listener.Addr().String(), "REMOTE_SC_CHAIN_ID=a",
		"REMOTE_SC_SMART_CONTRACT_ID=b", "REMOTE_SC_API_KEY=c",
	}
}

func TestAMissingFieldIsExitCode2(t *testing.T) {
	command, text := start(t, "REMOTE_SC_SERVER_ADDRESS=localhost:1", "REMOTE_SC_CHAIN_ID=a", "REMOTE_SC_API_KEY=c")
	if code := exitCodeOf(t, command); code != 2 || !strings.Contains(text.String(), "smart_contract_id is missing") {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestGivingUpIsExitCode1(t *testing.T) {
	command, text := start(t, "REMOTE_SC_SERVER_ADDRESS=127.0.0.1:1", "REMOTE_SC_CHAIN_ID=a", "REMOTE_SC_API_KEY=c",
		"REMOTE_SC_SMART_CONTRACT_ID=b", "REMOTE_SC_MAX_RECONNECT_ATTEMPTS=1")
	if code := exitCodeOf(t, command); code != 1 {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestASignalIsExitCode0(t *testing.T) {
	node := &silentNode{hello: make(chan struct{}, 1)}
	command, text := start(t, node.listen(t)...)
	<-node.hello
	_ = command.Process.Signal(syscall.SIGTERM)
	if code := exitCodeOf(t, command); code != 0 {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	node := &silentNode{hello: make(chan struct{}, 1), work: true}
	command, text := start(t, node.listen(t)...)
	<-node.hello
	began := time.Now()
	_ = command.Process.Signal(syscall.SIGTERM)
	// Two signals of one kind that come together are one.
	_ = command.Process.Signal(syscall.SIGINT)
	if code := exitCodeOf(t, command); code != 130 && code != 143 {
		t.Errorf("exit code %d: %s", code, text)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
