package remote

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is what config.yaml and the environment say, checked.
type Config struct {
	ServerAddress        string
	ChainID              string
	SmartContractID      string
	APIKey               string
	UseTLS               bool
	Roots                *x509.CertPool
	NumWorkers           int
	ReconnectDelay       time.Duration
	MaxBackoff           time.Duration
	MaxReconnectAttempts int
	ShutdownGrace        time.Duration
	ProcessTimeout       time.Duration
	InstanceID           string
	ExitOnAuthError      bool
	LogLimitBytes        int
}

const (
	envPrefix = "REMOTE_SC_"
	// maxLogLimit keeps a result, its logs included, below what a node takes as one message.
	maxLogLimit = 1024 * 1024
)

// A field of config.yaml: its name, and what reads its text into a Config. The text is never empty.
type field struct {
	name     string
	required bool
	set      func(config *Config, text string) error
}

var fields = []field{
	{"server_address", true, func(c *Config, text string) error {
		c.ServerAddress = text
		_, _, err := net.SplitHostPort(text)
		return err
	}},
	{"chain_id", true, header(func(c *Config) *string { return &c.ChainID })},
	{"smart_contract_id", true, header(func(c *Config) *string { return &c.SmartContractID })},
	{"api_key", true, header(func(c *Config) *string { return &c.APIKey })},
	{"use_tls", false, boolean(func(c *Config) *bool { return &c.UseTLS })},
	{"tls_cert_path", false, func(c *Config, text string) (err error) {
		c.Roots, err = trustRoots(text)
		return err
	}},
	{"num_workers", false, integer(1, 1000, func(c *Config) *int { return &c.NumWorkers })},
	{"reconnect_delay_seconds", false, seconds(0.01, func(c *Config) *time.Duration { return &c.ReconnectDelay })},
	{"max_backoff_seconds", false, seconds(0.01, func(c *Config) *time.Duration { return &c.MaxBackoff })},
	{"max_reconnect_attempts", false, integer(0, math.MaxInt32, func(c *Config) *int { return &c.MaxReconnectAttempts })},
	{"shutdown_grace_seconds", false, seconds(0, func(c *Config) *time.Duration { return &c.ShutdownGrace })},
	{"process_timeout_seconds", false, seconds(0, func(c *Config) *time.Duration { return &c.ProcessTimeout })},
	{"instance_id", false, header(func(c *Config) *string { return &c.InstanceID })},
	{"exit_on_auth_error", false, boolean(func(c *Config) *bool { return &c.ExitOnAuthError })},
	{"log_limit_bytes", false, integer(256, maxLogLimit, func(c *Config) *int { return &c.LogLimitBytes })},
}

func defaults() Config {
	return Config{
		NumWorkers:     10,
		ReconnectDelay: 3 * time.Second,
		MaxBackoff:     120 * time.Second,
		ShutdownGrace:  30 * time.Second,
		ProcessTimeout: 60 * time.Second,
		InstanceID:     randomID(),
		LogLimitBytes:  65536,
	}
}

// LoadConfig reads the file, lets REMOTE_SC_<FIELD> of the environment (NAME=value) win over it, and checks all fields. A
// file that is not there is an empty one: the environment may say everything. The error names the field that is wrong.
func LoadConfig(path string, environ []string, log *slog.Logger) (Config, error) {
	texts, err := readFile(path, log)
	if err != nil {
		return Config{}, err
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if key, ours := strings.CutPrefix(name, envPrefix); ours && value != "" {
			texts[strings.ToLower(key)] = value
		}
	}
	config := defaults()
	for _, field := range fields {
		text := texts[field.name]
		delete(texts, field.name)
		if text == "" {
			if field.required {
				return Config{}, fmt.Errorf("%s: %s is missing; %s%s would do, too", path, field.name, envPrefix, strings.ToUpper(field.name))
			}
			continue
		}
		if err := field.set(&config, text); err != nil {
			return Config{}, fmt.Errorf("%s: %s: %w", path, field.name, err)
		}
	}
	for name := range texts {
		log.Warn("unknown field in the configuration", "field", name)
	}
	if !config.UseTLS && !isLoopback(config.ServerAddress) {
		log.Warn("use_tls is false: the key and all else travel unencrypted to another machine")
	}
	return config, nil
}

func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func readFile(path string, log *slog.Logger) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		log.Warn("no configuration file: the environment must say everything", "path", path)
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(content, &nodes); err != nil {
		return nil, fmt.Errorf("%s: this is no YAML of fields and values", path)
	}
	texts := map[string]string{}
	for name, node := range nodes {
		if node.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("%s: %s must be a single value", path, name)
		}
		if node.Tag != "!!null" {
			texts[name] = node.Value
		}
	}
	return texts, nil
}

// header reads what is sent as a gRPC header, or could be: visible ASCII.
func header(of func(*Config) *string) func(*Config, string) error {
	return func(c *Config, text string) error {
		for _, char := range []byte(text) {
			if char <= ' ' || char > '~' {
				return errors.New("only visible ASCII characters")
			}
		}
		*of(c) = text
		return nil
	}
}

func boolean(of func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, text string) error {
		switch strings.ToLower(text) {
		case "true", "yes", "on", "1":
			*of(c) = true
		case "false", "no", "off", "0":
			*of(c) = false
		default:
			return fmt.Errorf("true or false, not %q", text)
		}
		return nil
	}
}

func integer(least, most int, of func(*Config) *int) func(*Config, string) error {
	return func(c *Config, text string) error {
		value, err := strconv.Atoi(text)
		if err != nil || value < least || value > most {
			return fmt.Errorf("a whole number from %d to %d, not %q", least, most, text)
		}
		*of(c) = value
		return nil
	}
}

func seconds(least float64, of func(*Config) *time.Duration) func(*Config, string) error {
	const most = 86400
	return func(c *Config, text string) error {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || !(value >= least && value <= most) {
			return fmt.Errorf("seconds from %v to %v, not %q", least, most, text)
		}
		*of(c) = time.Duration(value * float64(time.Second))
		return nil
	}
}

// trustRoots is what the system trusts, and the certificates of a PEM file.
func trustRoots(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in PEM form in that file")
	}
	return roots, nil
}

// randomID is a UUID of version 4.
func randomID() string {
	var bytes [16]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		panic(err)
	}
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:])
}
