// A remote smart contract: it connects to a node, is handed the transactions of its type, and answers each with a result.
// Your part is process.go; all else keeps the connection and the promises of the README.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"smart-contract/internal/remote"
)

// What the process says with its exit code.
const (
	exitGaveUp    = 1
	exitBadConfig = 2
	exitRefused   = 3
	exitStuck     = 4
)

func main() {
	path := flag.String("config", "config.yaml", "path of the configuration file")
	check := flag.Bool("check", false, "only ask the node whether address, key and ids are in order")
	flag.Parse()

	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	config, err := remote.LoadConfig(*path, os.Environ(), log)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitBadConfig)
	}
	if *check {
		os.Exit(checked(config))
	}
	os.Exit(exitCode(remote.NewClient(config, Process, log).Run(untilSignal(log))))
}

// untilSignal ends with the first SIGTERM or SIGINT; the second one ends the process at once.
func untilSignal(log *slog.Logger) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		first := <-signals
		log.Info("stopping: what is begun is finished first; a second signal stops at once", "signal", first.String())
		cancel()
		second := <-signals
		code := 1
		if number, ok := second.(syscall.Signal); ok {
			code = 128 + int(number)
		}
		os.Exit(code)
	}()
	return ctx
}

func checked(config remote.Config) int {
	reply, err := remote.Check(context.Background(), config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitRefused
	}
	fmt.Printf("in order: contract %s of chain %s is %s, %d invocations wait\n",
		reply.GetContractId(), reply.GetChainId(), reply.GetState(), reply.GetBacklog())
	return 0
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, remote.ErrRefused):
		return exitRefused
	case errors.Is(err, remote.ErrStuck):
		return exitStuck
	default:
		return exitGaveUp
	}
}
