package remote

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	pb "smart-contract/remotesc"
)

// Logger keeps what one call of Process has to say; it goes to the node with the result. It may be used from many
// goroutines at once. Secrets do not get into it.
type Logger struct {
	stdout, stderr stream
}

// A stream of text. console shows what is written at once, to who runs the process.
type stream struct {
	mutex   sync.Mutex
	kept    headTail
	scrub   func(string) string
	console func(string)
}

type loggerKey struct{}

func newLogger(limit int, scrub func(string) string, log *slog.Logger, invocation string) *Logger {
	show := func(level slog.Level) func(string) {
		return func(text string) {
			log.Log(context.Background(), level, strings.TrimRight(text, "\n"), "invocation", invocation)
		}
	}
	return &Logger{
		stdout: stream{kept: headTail{limit: limit}, scrub: scrub, console: show(slog.LevelInfo)},
		stderr: stream{kept: headTail{limit: limit}, scrub: scrub, console: show(slog.LevelWarn)},
	}
}

// LoggerFrom gives the log of the call that a context belongs to. Elsewhere, as in tests, it keeps nothing.
func LoggerFrom(ctx context.Context) *Logger {
	if logger, ok := ctx.Value(loggerKey{}).(*Logger); ok {
		return logger
	}
	same := func(text string) string { return text }
	return newLogger(0, same, slog.Default(), "none")
}

// Printf writes a line to the log.
func (l *Logger) Printf(format string, values ...any) {
	fmt.Fprintln(&l.stdout, fmt.Sprintf(format, values...))
}

// Errorf writes a line to the log of errors.
func (l *Logger) Errorf(format string, values ...any) {
	fmt.Fprintln(&l.stderr, fmt.Sprintf(format, values...))
}

// Stdout is for what writes logs by itself: slog.New(slog.NewTextHandler(logger.Stdout(), nil)).
func (l *Logger) Stdout() io.Writer { return &l.stdout }

// Stderr is the same for the log of errors.
func (l *Logger) Stderr() io.Writer { return &l.stderr }

func (s *stream) Write(bytes []byte) (int, error) {
	text := s.scrub(string(bytes))
	s.mutex.Lock()
	s.kept.write(text)
	s.mutex.Unlock()
	s.console(text)
	return len(bytes), nil
}

func (s *stream) text(limit int) (text string, cut bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.kept.text(limit)
}

// chunk is what is kept of both streams: together no more than the limit, and for each at least half of it.
func (l *Logger) chunk(limit int) *pb.LogChunk {
	stderr, _ := l.stderr.text(limit)
	stdout, stdoutCut := l.stdout.text(limit - min(len(stderr), limit/2))
	stderr, stderrCut := l.stderr.text(limit - min(len(stdout), limit/2))
	return &pb.LogChunk{Stdout: stdout, Stderr: stderr, Truncated: stdoutCut || stderrCut}
}
