package remote

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const whole = `
server_address: "localhost:50051"
chain_id: chain
smart_contract_id: contract
api_key: KEY.secret
`

func testLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func load(t *testing.T, text string, environ ...string) (Config, error, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	config, err := LoadConfig(path, environ, slog.New(slog.NewTextHandler(&log, nil)))
	return config, err, log.String()
}

func TestFieldsHaveTheirDefaults(t *testing.T) {
	config, err, log := load(t, whole+"tls_cert_path:\n")
	if err != nil || log != "" {
		t.Fatal(err, log)
	}
	if len(config.InstanceID) != 36 {
		t.Errorf("instance_id is %q", config.InstanceID)
	}
	config.InstanceID = ""
	want := Config{
		ServerAddress: "localhost:50051", ChainID: "chain", SmartContractID: "contract", APIKey: "KEY.secret",
		NumWorkers: 10, ReconnectDelay: 3 * time.Second, MaxBackoff: 120 * time.Second,
		ShutdownGrace: 30 * time.Second, ProcessTimeout: 60 * time.Second, LogLimitBytes: 65536,
	}
	if config != want {
		t.Errorf("got %+v", config)
	}
}

func TestEveryFieldCanBeSetInTheFileAndInTheEnvironment(t *testing.T) {
	want := Config{
		ServerAddress: "127.0.0.1:1", ChainID: "b", SmartContractID: "c", APIKey: "d", UseTLS: true,
		NumWorkers: 2, ReconnectDelay: 500 * time.Millisecond, MaxBackoff: 7 * time.Second, MaxReconnectAttempts: 9,
		ShutdownGrace: time.Second, ProcessTimeout: 2 * time.Second, InstanceID: "i", ExitOnAuthError: true, LogLimitBytes: 1000,
	}
	texts := map[string]string{
		"server_address": "127.0.0.1:1", "chain_id": "b", "smart_contract_id": "c", "api_key": "d", "use_tls": "true",
		"num_workers": "2", "reconnect_delay_seconds": "0.5", "max_backoff_seconds": "7", "max_reconnect_attempts": "9",
		"shutdown_grace_seconds": "1", "process_timeout_seconds": "2", "instance_id": "i", "exit_on_auth_error": "true",
		"log_limit_bytes": "1000",
	}
	var file strings.Builder
	var environ []string
	for name, text := range texts {
		file.WriteString(name + ": " + text + "\n")
		environ = append(environ, "REMOTE_SC_"+strings.ToUpper(name)+"="+text)
	}
	if config, err, _ := load(t, file.String()); err != nil || config != want {
		t.Errorf("from the file: %+v, %v", config, err)
	}
	others := "num_workers: 5\nserver_address: elsewhere:1\n"
	if config, err, _ := load(t, others, environ...); err != nil || config != want {
		t.Errorf("from the environment: %+v, %v", config, err)
	}
	if len(texts)+1 != len(fields) {
		t.Error("a field is not tested")
	}
}

func TestWhatIsMissingOrWrongIsNamed(t *testing.T) {
	for _, name := range []string{"server_address", "chain_id", "smart_contract_id", "api_key"} {
		lines := strings.Split(whole, "\n")
		kept := lines[:0]
		for _, line := range lines {
			if !strings.HasPrefix(line, name) {
				kept = append(kept, line)
			}
		}
		if _, err, _ := load(t, strings.Join(kept, "\n")); err == nil || !strings.Contains(err.Error(), name+" is missing") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for field, bad := range map[string]string{
		"num_workers": "0", "reconnect_delay_seconds": ".nan", "max_backoff_seconds": "-1", "use_tls": "maybe",
		"max_reconnect_attempts": "1.5", "log_limit_bytes": "99999999", "process_timeout_seconds": "soon",
		"tls_cert_path": "/nowhere/node.pem", "instance_id": "a b", "shutdown_grace_seconds": "[1]",
	} {
		if _, err, _ := load(t, whole+field+": "+bad+"\n"); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %s gives %v", field, bad, err)
		}
	}
	if _, err, _ := load(t, "- a list"); err == nil {
		t.Error("a list is taken as a configuration")
	}
	if _, err, _ := load(t, strings.Replace(whole, "KEY.secret", "'KEY.se cret'", 1)); err == nil ||
		strings.Contains(err.Error(), "se cret") {
		t.Errorf("a bad key gives %v", err)
	}
}

func TestUnknownFieldsAreAWarning(t *testing.T) {
	_, err, log := load(t, whole+"number_workers: 3\n", "REMOTE_SC_CHAIN=x")
	if err != nil || !strings.Contains(log, "field=number_workers") || !strings.Contains(log, "field=chain") {
		t.Errorf("%v, %s", err, log)
	}
}

func TestAKeyThatTravelsUnencryptedIsAWarning(t *testing.T) {
	if _, err, log := load(t, strings.Replace(whole, "localhost", "node.example", 1)); err != nil || !strings.Contains(log, "use_tls") {
		t.Errorf("%v, %s", err, log)
	}
}

func TestTheEnvironmentAloneWillDo(t *testing.T) {
	config, err := LoadConfig(filepath.Join(t.TempDir(), "none.yaml"), []string{
		"REMOTE_SC_SERVER_ADDRESS=[::1]:1", "REMOTE_SC_CHAIN_ID=a", "REMOTE_SC_SMART_CONTRACT_ID=b", "REMOTE_SC_API_KEY=c",
	}, testLog())
	if err != nil || config.ServerAddress != "[::1]:1" {
		t.Errorf("%v, %v", config, err)
	}
}

func TestTheSampleConfigurationHoldsEveryField(t *testing.T) {
	sample, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields {
		if !strings.Contains(string(sample), "\n"+field.name+": ") && !strings.Contains(string(sample), "\n# "+field.name+": ") {
			t.Errorf("%s is missing", field.name)
		}
	}
	uncommented := strings.ReplaceAll(string(sample), "\n# tls_cert_path: \"node.pem\"", "")
	for _, field := range fields {
		uncommented = strings.ReplaceAll(uncommented, "\n# "+field.name+": ", "\n"+field.name+": ")
	}
	config, err, log := load(t, uncommented)
	if err != nil || log != "" {
		t.Fatal(err, log)
	}
	asIs, _, _ := load(t, string(sample))
	config.InstanceID, asIs.InstanceID = "", ""
	if config != asIs {
		t.Error("a default is stated wrongly")
	}
}
