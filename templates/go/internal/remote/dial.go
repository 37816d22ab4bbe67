package remote

import (
	"context"
	"crypto/tls"
	"time"

	"google.golang.org/grpc"
	channel "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	pb "smart-contract/remotesc"
)

const (
	language        = "go"
	templateVersion = "1.0.0"
	protocol        = 1
	// maxFrameBytes is four times what a node sends at most.
	maxFrameBytes = 16 * 1024 * 1024
)

// dial makes a connection that is used for one attempt only: gRPC's own waiting between attempts, which grows to minutes,
// then never stands in the way.
func dial(config Config) (*grpc.ClientConn, error) {
	security := insecure.NewCredentials()
	if config.UseTLS {
		security = credentials.NewTLS(&tls.Config{RootCAs: config.Roots, MinVersion: tls.VersionTLS12})
	}
	return grpc.NewClient(config.ServerAddress,
		grpc.WithTransportCredentials(security),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time:                10 * time.Second,
			Timeout:             3 * time.Second,
			PermitWithoutStream: true,
		}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           channel.Config{BaseDelay: config.ReconnectDelay, Multiplier: 1, MaxDelay: config.ReconnectDelay},
			MinConnectTimeout: welcomeWithin,
		}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxFrameBytes)),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithIdleTimeout(0),
	)
}

func withHeaders(ctx context.Context, config Config) context.Context {
	return metadata.NewOutgoingContext(ctx, metadata.Pairs(
		"x-api-key", config.APIKey,
		"x-smart-contract-id", config.SmartContractID,
		"x-chain-id", config.ChainID,
		"x-client", language+"/"+templateVersion,
	))
}

// Check asks the node whether it would take the contract, without a session.
func Check(ctx context.Context, config Config) (*pb.CheckReply, error) {
	connection, err := dial(config)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	limited, cancel := context.WithTimeout(withHeaders(ctx, config), welcomeWithin)
	defer cancel()
	return pb.NewRemoteContractsClient(connection).Check(limited, &pb.CheckRequest{})
}
