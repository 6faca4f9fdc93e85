package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// testCase is one guard and the steps to run on it.
type testCase struct {
	Guard []byte `json:"guard"`
	Steps []step `json:"steps"`
	// LoadMs ends a start function that does not end by itself; 0: never.
	LoadMs int `json:"loadMs"`
}

// step is a line of steps.jsonl; test/parity/README.md describes its members.
type step struct {
	Op       string          `json:"op"`
	Wraps    string          `json:"wraps"`
	Name     *string         `json:"name"`
	Function string          `json:"function"`
	Input    string          `json:"input"`
	Repeat   *repeatedText   `json:"inputRepeat"`
	AfterMs  int             `json:"afterMs"`
	Backend  []backendAnswer `json:"backend"`
}

type repeatedText struct {
	Text   string `json:"text"`
	Times  int    `json:"times"`
	Prefix string `json:"prefix"`
	Suffix string `json:"suffix"`
}

type backendAnswer struct {
	Result any     `json:"result"`
	Error  *string `json:"error"`
	WaitMs int     `json:"waitMs"`
}

// printed is a line of expected.jsonl.
type printed map[string]any

// engineOfCases runs cases in order with one compilation cache for the lifetime of the process, as the gateway does.
type engineOfCases struct {
	cache *sharedCache
	guard *guard
}

func newEngine(cache *sharedCache) *engineOfCases {
	if cache == nil {
		cache = newMemoryCache()
	}
	return &engineOfCases{cache: cache}
}

func (e *engineOfCases) close() {
	e.closeGuard()
	e.cache.close()
}

func (e *engineOfCases) run(c *testCase) []printed {
	defer e.closeGuard()
	lines := make([]printed, 0, len(c.Steps))
	for i := range c.Steps {
		lines = append(lines, e.step(c, &c.Steps[i]))
	}
	return lines
}

func (e *engineOfCases) step(c *testCase, s *step) printed {
	switch s.Op {
	case "load":
		return e.load(c, s)
	case "raw":
		return e.raw(context.Background(), s)
	case "cancel":
		if s.Wraps != "" && s.Wraps != "raw" {
			return printed{"ok": false, "error": fmt.Sprintf("unknown step to cancel %q", s.Wraps)}
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(s.AfterMs)*time.Millisecond)
		defer cancel()
		return e.raw(ctx, s)
	case "close":
		e.closeGuard()
		return printed{"ok": true}
	default:
		return printed{"ok": false, "error": fmt.Sprintf("unknown step %q", s.Op)}
	}
}

func (e *engineOfCases) closeGuard() {
	if e.guard != nil {
		e.guard.close()
		e.guard = nil
	}
}

func (e *engineOfCases) load(c *testCase, s *step) (line printed) {
	e.closeGuard()
	name := "guard"
	if s.Name != nil {
		name = *s.Name
	}
	ctx, cancel := context.Background(), func() {}
	if c.LoadMs > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.LoadMs)*time.Millisecond)
	}
	defer cancel()
	defer func() {
		// wazero's validator panics for a few modules, which ends the gateway; the test continues.
		if reason := recover(); reason != nil {
			line = printed{"ok": false, "panic": panicText(reason)}
		}
	}()
	g, guestOutput, err := loadGuard(ctx, e.cache, name, c.Guard)
	line = printed{"ok": err == nil, "log": guestOutput.lines(), "stdout": guestOutput.stdout.String(), "stderr": guestOutput.stderr.String()}
	if err != nil {
		line.setError(err)
		return line
	}
	e.guard = g
	line["healthy"] = true
	line.setMemory(g)
	return line
}

func (e *engineOfCases) raw(ctx context.Context, s *step) printed {
	g := e.guard
	if g == nil {
		return printed{"ok": false, "error": "no guard is loaded: the first step loads it"}
	}
	g.guestOutput.reset()
	g.backend = &scriptedBackend{answers: s.Backend, calls: []backendCall{}}
	g.backendCount = 0
	output, attempts, err := g.call(ctx, s.Function, s.input())
	line := printed{
		"ok":           err == nil,
		"healthy":      g.poison == nil,
		"attempts":     attempts,
		"backendCalls": g.backend.calls,
		"log":          g.guestOutput.lines(),
		"stdout":       g.guestOutput.stdout.String(),
		"stderr":       g.guestOutput.stderr.String(),
	}
	line.setMemory(g)
	if err != nil {
		line.setError(err)
	} else {
		line["output"] = string(output)
	}
	return line
}

func (s *step) input() []byte {
	if r := s.Repeat; r != nil {
		return []byte(r.Prefix + strings.Repeat(r.Text, r.Times) + r.Suffix)
	}
	return []byte(s.Input)
}

func (p printed) setMemory(g *guard) {
	if size, ok := memorySize(g.module.Memory()); ok {
		p["memoryBytes"] = size
	}
}

// setError splits an error into its text and the frames of its wasm stack trace; a Go stack dump is left out.
func (p printed) setError(err error) {
	text, frames, traced := strings.Cut(err.Error(), "\nwasm stack trace:\n\t")
	p["error"] = text
	if traced {
		frames, _, _ = strings.Cut(frames, "\n\n")
		p["trace"] = []string{}
		if frames != "" {
			p["trace"] = strings.Split(frames, "\n\t")
		}
	}
}

func panicText(reason any) string {
	if err, ok := reason.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprint(reason)
}
