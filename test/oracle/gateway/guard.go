package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// memoryLimitPages caps a guard's linear memory at 32 MiB (gateway internal/guard/wasm_lifecycle.go).
const memoryLimitPages = 512

// debugInfo is set as the gateway sets it with DEBUG=guard:wasm: stack traces then have files and lines.
var debugInfo = false

// guard is one loaded instance with the state that the gateway keeps for it.
type guard struct {
	name    string
	runtime wazero.Runtime
	module  api.Module
	// poison is the first trap; every later call repeats it.
	poison       error
	backend      *scriptedBackend
	backendCount int
	guestOutput  *guestOutput
}

// sharedCache is the compilation cache of a process. A separate runtime keeps the compiled host modules in it.
type sharedCache struct {
	compilation wazero.CompilationCache
	keeper      wazero.Runtime
}

func newMemoryCache() *sharedCache {
	return keep(wazero.NewCompilationCache())
}

func keep(compilation wazero.CompilationCache) *sharedCache {
	ctx := context.Background()
	c := &sharedCache{compilation: compilation, keeper: wazero.NewRuntimeWithConfig(ctx, runtimeConfig(compilation))}
	wasi_snapshot_preview1.MustInstantiate(ctx, c.keeper)
	return c
}

func (c *sharedCache) close() {
	ctx := context.Background()
	c.keeper.Close(ctx)
	c.compilation.Close(ctx)
}

func runtimeConfig(compilation wazero.CompilationCache) wazero.RuntimeConfig {
	config := wazero.NewRuntimeConfigCompiler().
		WithCloseOnContextDone(true).
		WithMemoryLimitPages(memoryLimitPages).
		WithDebugInfoEnabled(debugInfo)
	if compilation != nil {
		config = config.WithCompilationCache(compilation)
	}
	return config
}

// loadGuard instantiates a module and checks its exports, in the gateway's order and words.
func loadGuard(ctx context.Context, cache *sharedCache, name string, wasm []byte) (*guard, *guestOutput, error) {
	var compilation wazero.CompilationCache
	if cache != nil {
		compilation = cache.compilation
	}
	g := &guard{name: name, runtime: wazero.NewRuntimeWithConfig(ctx, runtimeConfig(compilation)), guestOutput: &guestOutput{}}
	loaded := false
	defer func() {
		if !loaded {
			g.runtime.Close(context.Background())
		}
	}()
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, g.runtime); err != nil {
		return nil, g.guestOutput, fmt.Errorf("failed to instantiate WASI: %w", err)
	}
	if err := g.instantiateHost(ctx); err != nil {
		return nil, g.guestOutput, fmt.Errorf("failed to instantiate host functions: %w", err)
	}
	instanceName := name
	if instanceName == "" {
		instanceName = "guard"
	}
	config := wazero.NewModuleConfig().
		WithName(instanceName).
		WithStartFunctions().
		WithStdin(strings.NewReader("")).
		WithStdout(io.Writer(&g.guestOutput.stdout)).
		WithStderr(io.Writer(&g.guestOutput.stderr))
	module, err := g.runtime.InstantiateWithConfig(ctx, wasm, config)
	if err != nil {
		return nil, g.guestOutput, fmt.Errorf("failed to instantiate WASM module: %w", err)
	}
	g.module = module
	if err := checkExports(module); err != nil {
		return nil, g.guestOutput, err
	}
	loaded = true
	return g, g.guestOutput, nil
}

const startOnlyText = "WASM module does not export guard functions. " +
	"This usually means the guard was compiled with standard Go instead of TinyGo. " +
	"TinyGo is required for proper function exports. " +
	"Note: TinyGo 0.34 supports Go 1.19-1.23 (not yet compatible with Go 1.25). " +
	"See examples/guards/sample-guard/README.md for details"

func checkExports(module api.Module) error {
	has := func(name string) bool { return module.ExportedFunction(name) != nil }
	switch {
	case !has("label_resource") && has("_start"):
		return errors.New(startOnlyText)
	case !has("label_resource") || !has("label_response"):
		return errors.New("WASM module must export label_resource and label_response functions")
	case !has("label_agent"):
		return errors.New("WASM module must export label_agent")
	}
	for _, name := range []string{"label_resource", "label_response", "label_agent"} {
		definition := module.ExportedFunction(name).Definition()
		params, results := definition.ParamTypes(), definition.ResultTypes()
		if !slices.Equal(params, i32s(4)) || !slices.Equal(results, i32s(1)) {
			return fmt.Errorf("WASM module function %s must have signature (i32,i32,i32,i32)->i32, got %v->%v", name, params, results)
		}
	}
	return nil
}

func i32s(count int) []api.ValueType {
	return slices.Repeat([]api.ValueType{api.ValueTypeI32}, count)
}

func (g *guard) close() {
	ctx := context.Background()
	g.module.Close(ctx)
	g.runtime.Close(ctx)
}

// poisons reports whether an error disables the guard permanently.
func poisons(err error) bool {
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode() != 0
	}
	return strings.Contains(err.Error(), "wasm error:")
}

// memorySize is false for a module without memory, whose api.Memory is a nil pointer in an interface.
func memorySize(memory api.Memory) (size uint32, ok bool) {
	defer func() {
		if recover() != nil {
			size, ok = 0, false
		}
	}()
	return memory.Size(), true
}
