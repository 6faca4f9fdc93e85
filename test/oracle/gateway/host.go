package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// largestBackendCount is the number of look-ups that a guard may make in one call (gateway internal/guard/wasm_lifecycle.go).
const largestBackendCount = 50

// logLine is one host_log call.
type logLine struct {
	Level   uint32 `json:"level"`
	Message string `json:"message"`
}

// Limits of the recorded output of a step, because a guest may write until its deadline: as many log lines as the product keeps, and
// more bytes of a stream than the product keeps, so that the difference is visible.
const (
	largestLogCount = 10_000
	largestLogBytes = 16 << 20
	largestOutput   = 2 << 20
)

// guestOutput is the log and the output of a guard during a step.
type guestOutput struct {
	log            []logLine
	logBytes       int
	stdout, stderr beginning
}

// beginning keeps the first bytes of what is written.
type beginning struct{ bytes.Buffer }

func (b *beginning) Write(text []byte) (int, error) {
	b.Buffer.Write(text[:min(len(text), largestOutput-b.Len())])
	return len(text), nil
}

func (s *guestOutput) reset() {
	s.log, s.logBytes = nil, 0
	s.stdout.Reset()
	s.stderr.Reset()
}

func (s *guestOutput) lines() []logLine {
	if s.log == nil {
		return []logLine{}
	}
	return s.log
}

// backendCall is a look-up that reached the backend.
type backendCall struct {
	Tool string `json:"tool"`
	Args any    `json:"args"`
}

// scriptedBackend answers look-ups in order; when its answers are used up, every further look-up fails. While a guard loads there is
// no backend, as in the gateway: a look-up by a start function then dereferences a nil pointer.
type scriptedBackend struct {
	answers []backendAnswer
	calls   []backendCall
}

func (b *scriptedBackend) callTool(ctx context.Context, m api.Module, tool string, args any) (any, error) {
	index := len(b.calls)
	b.calls = append(b.calls, backendCall{Tool: tool, Args: args})
	if index >= len(b.answers) {
		return nil, errors.New("no answer")
	}
	scripted := b.answers[index]
	if scripted.WaitMs > 0 {
		select {
		case <-time.After(time.Duration(scripted.WaitMs) * time.Millisecond):
		case <-ctx.Done():
			// The engine closes the module in another goroutine; the guest must not continue before that.
			for !m.IsClosed() {
				time.Sleep(time.Millisecond)
			}
			return nil, ctx.Err()
		}
	}
	if scripted.Error != nil {
		return nil, errors.New(*scripted.Error)
	}
	return scripted.Result, nil
}

func (g *guard) instantiateHost(ctx context.Context) error {
	_, err := g.runtime.NewHostModuleBuilder("env").
		NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(g.callBackend), i32s(6), i32s(1)).
		Export("call_backend").
		NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(g.hostLog), i32s(3), i32s(0)).
		Export("host_log").
		Instantiate(ctx)
	return err
}

func (g *guard) callBackend(ctx context.Context, m api.Module, stack []uint64) {
	code := g.lookUp(ctx, m, stack)
	stack[0] = uint64(uint32(code))
}

// lookUp gives the length of the answer, -1 for any failure, -2 for an answer that does not fit.
func (g *guard) lookUp(ctx context.Context, m api.Module, stack []uint64) int32 {
	g.backendCount++
	if g.backendCount > largestBackendCount {
		return -1
	}
	memory := m.Memory()
	tool, ok := memory.Read(uint32(stack[0]), uint32(stack[1]))
	if !ok {
		return -1
	}
	argsText, ok := memory.Read(uint32(stack[2]), uint32(stack[3]))
	if !ok {
		return -1
	}
	var args any
	if len(argsText) > 0 && json.Unmarshal(argsText, &args) != nil {
		return -1
	}
	result, err := g.backend.callTool(ctx, m, string(tool), args)
	if err != nil {
		return -1
	}
	text, err := json.Marshal(result)
	if err != nil {
		return -1
	}
	at, capacity := uint32(stack[4]), uint32(stack[5])
	if uint32(len(text)) > capacity {
		if capacity >= 4 {
			memory.Write(at, binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
		}
		return -2
	}
	if !memory.Write(at, text) {
		return -1
	}
	return int32(len(text))
}

func (g *guard) hostLog(_ context.Context, m api.Module, stack []uint64) {
	message, ok := m.Memory().Read(uint32(stack[1]), uint32(stack[2]))
	if !ok {
		return
	}
	if len(g.guestOutput.log) < largestLogCount && g.guestOutput.logBytes+len(message) <= largestLogBytes {
		g.guestOutput.logBytes += len(message)
		g.guestOutput.log = append(g.guestOutput.log, logLine{Level: uint32(stack[0]), Message: string(message)})
	}
}
