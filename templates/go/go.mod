module smart-contract

go 1.21

require (
	go.yaml.in/yaml/v3 v3.0.4
	google.golang.org/grpc v1.67.3
	google.golang.org/protobuf v1.35.2
)

require (
	golang.org/x/net v0.34.0 // indirect
	golang.org/x/sys v0.29.0 // indirect
	golang.org/x/text v0.21.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20240814211410-ddb44dafa142 // indirect
)
