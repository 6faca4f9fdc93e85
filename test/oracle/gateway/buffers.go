package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// The sizes of the buffer protocol (gateway internal/guard/wasm_exec.go).
const (
	firstOutput  = 4 << 20
	largeOutput  = 16 << 20
	largestInput = 8 << 20
	safetyMargin = 64 << 10
	tries        = 3
	pageSize     = 64 << 10
)

// call enters an export with an input, again with a larger output buffer when the guard asks for one.
func (g *guard) call(ctx context.Context, function string, input []byte) (output []byte, attempts []uint32, err error) {
	attempts = []uint32{}
	if g.poison != nil {
		return nil, attempts, fmt.Errorf("WASM guard '%s' is unavailable after a previous trap: %w", g.name, g.poison)
	}
	fn := g.module.ExportedFunction(function)
	if fn == nil {
		return nil, attempts, fmt.Errorf("function %s not exported from WASM module", function)
	}
	if _, ok := memorySize(g.module.Memory()); !ok {
		return nil, attempts, errors.New("WASM module has no memory")
	}
	if len(input) > largestInput {
		return nil, attempts, fmt.Errorf("input too large: %d bytes (max %d)", len(input), largestInput)
	}
	capacity := uint32(firstOutput)
	for range tries {
		attempts = append(attempts, capacity)
		answer, err := g.attempt(ctx, fn, input, capacity)
		if err != nil {
			if poisons(err) {
				g.poison = err
			}
			return nil, attempts, err
		}
		if !answer.tooSmall {
			return answer.output, attempts, nil
		}
		next := answer.hint
		if next == 0 {
			next = 2 * capacity
		}
		if next > largeOutput {
			return nil, attempts, fmt.Errorf("guard requires buffer of %d bytes which exceeds maximum of %d bytes", next, largeOutput)
		}
		capacity = next
	}
	return nil, attempts, fmt.Errorf("failed after %d attempts, buffer size %d still insufficient", tries, capacity)
}

type answer struct {
	output   []byte
	tooSmall bool
	// hint is the size that the guard asks for; 0: none.
	hint uint32
}

func (g *guard) attempt(ctx context.Context, fn api.Function, input []byte, capacity uint32) (answer, error) {
	alloc, dealloc := g.module.ExportedFunction("alloc"), g.module.ExportedFunction("dealloc")
	length := uint32(len(input))
	if alloc == nil || dealloc == nil {
		inputAt, outputAt, err := g.placeAtEnd(input, capacity)
		if err != nil {
			return answer{}, err
		}
		return g.enter(ctx, fn, inputAt, length, outputAt, capacity)
	}
	inputAt, err := allocate(ctx, alloc, length)
	if err != nil {
		return answer{}, fmt.Errorf("failed to allocate WASM input buffer: %w", err)
	}
	defer free(ctx, dealloc, inputAt, length)
	outputAt, err := allocate(ctx, alloc, capacity)
	if err != nil {
		return answer{}, fmt.Errorf("failed to allocate WASM output buffer: %w", err)
	}
	defer free(ctx, dealloc, outputAt, capacity)
	if !g.module.Memory().Write(inputAt, input) {
		return answer{}, errors.New("failed to write input to WASM memory")
	}
	return g.enter(ctx, fn, inputAt, length, outputAt, capacity)
}

// placeAtEnd puts both buffers at the end of the memory, which it grows when it is too small for them.
func (g *guard) placeAtEnd(input []byte, capacity uint32) (inputAt, outputAt uint32, err error) {
	memory := g.module.Memory()
	size := memory.Size()
	length := uint32(len(input))
	required := length + capacity + safetyMargin
	if size < required {
		missing := required - size
		if _, grown := memory.Grow((missing + pageSize - 1) / pageSize); !grown {
			return 0, 0, fmt.Errorf("failed to grow WASM memory from %d to %d bytes", size, required)
		}
		size = memory.Size()
	}
	outputAt = size - capacity
	inputAt = outputAt - length
	if !memory.Write(inputAt, input) {
		return 0, 0, errors.New("failed to write input to WASM memory")
	}
	return inputAt, outputAt, nil
}

func (g *guard) enter(ctx context.Context, fn api.Function, inputAt, length, outputAt, capacity uint32) (answer, error) {
	results, err := fn.Call(ctx, uint64(inputAt), uint64(length), uint64(outputAt), uint64(capacity))
	if err != nil {
		return answer{}, fmt.Errorf("WASM function call failed: %w", err)
	}
	if len(results) == 0 {
		return answer{}, errors.New("WASM function returned no results")
	}
	memory := g.module.Memory()
	switch code := int32(results[0]); {
	case code == -2:
		hint, _ := memory.ReadUint32Le(outputAt)
		return answer{tooSmall: true, hint: hint}, nil
	case code < 0:
		return answer{}, fmt.Errorf("WASM function returned error code: %d", code)
	default:
		view, ok := memory.Read(outputAt, uint32(code))
		if !ok && code > 0 {
			return answer{}, fmt.Errorf("failed to read output from WASM memory (len=%d)", code)
		}
		return answer{output: append([]byte{}, view...)}, nil
	}
}

func allocate(ctx context.Context, alloc api.Function, size uint32) (uint32, error) {
	results, err := alloc.Call(ctx, uint64(size))
	switch {
	case err != nil:
		return 0, err
	case len(results) == 0:
		return 0, errors.New("alloc returned no result")
	case uint32(results[0]) == 0:
		return 0, errors.New("alloc returned null pointer")
	}
	return uint32(results[0]), nil
}

// free also runs when the call's context has ended; its errors are ignored.
func free(ctx context.Context, dealloc api.Function, at, size uint32) {
	if at != 0 && size != 0 {
		_, _ = dealloc.Call(context.WithoutCancel(ctx), uint64(at), uint64(size))
	}
}
