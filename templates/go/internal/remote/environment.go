package remote

import (
	"maps"
	"strings"
	"sync/atomic"

	pb "smart-contract/remotesc"
)

// shortestSecret: shorter values are not blotted out; they would take half of every text with them.
const shortestSecret = 4

// environment is what the node gives the contract besides transactions. It changes while the contract runs.
type environment struct {
	apiKey  string
	current atomic.Pointer[surroundings]
}

// surroundings are one version of it; nobody changes them.
type surroundings struct {
	env     map[string]string
	secrets map[string]string
	blot    *strings.Replacer
}

func newEnvironment(apiKey string) *environment {
	environment := &environment{apiKey: apiKey}
	environment.take(&pb.ContractEnv{})
	return environment
}

func (e *environment) take(frame *pb.ContractEnv) {
	hidden := []string{e.apiKey, "***"}
	for _, secret := range frame.GetSecrets() {
		if len(secret) >= shortestSecret {
			hidden = append(hidden, secret, "***")
		}
	}
	e.current.Store(&surroundings{
		env:     frame.GetEnv(),
		secrets: frame.GetSecrets(),
		blot:    strings.NewReplacer(hidden...),
	})
}

// scrub takes the key and the secrets out of a text.
func (e *environment) scrub(text string) string {
	return e.current.Load().blot.Replace(text)
}

// copies gives maps that the contract may change.
func (s *surroundings) copies() (env, secrets map[string]string) {
	env, secrets = maps.Clone(s.env), maps.Clone(s.secrets)
	if env == nil {
		env = map[string]string{}
	}
	if secrets == nil {
		secrets = map[string]string{}
	}
	return env, secrets
}
