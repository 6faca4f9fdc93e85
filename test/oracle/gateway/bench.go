package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/tetratelabs/wazero"
)

// times are milliseconds.
type times struct {
	Median float64 `json:"medianMs"`
	Least  float64 `json:"leastMs"`
	Most   float64 `json:"mostMs"`
	Count  int     `json:"count"`
}

// bench prints how long the gateway's engine takes to load a guard and to answer its three calls.
func bench(arguments []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	guardFile := flags.String("guard", "", "the module")
	count := flags.Int("n", 200, "calls to measure, after a tenth as many to warm up")
	loads := flags.Int("loads", 5, "loads to measure")
	backendFile := flags.String("backend", "", "a JSON list of answers to the look-ups of each call")
	child := flags.String("child", "", "measure one load in this process: none, or the folder of a disk cache")
	inputs := map[string]*string{}
	names := []string{"label_agent", "label_resource", "label_response"}
	for _, name := range names {
		inputs[name] = flags.String(name, "", "file with the input of "+name)
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	wasm, err := os.ReadFile(*guardFile)
	if err != nil {
		return fmt.Errorf("-guard: %w", err)
	}
	if *child != "" {
		return benchChild(wasm, *child)
	}
	load, err := benchLoads(wasm, *guardFile, *loads)
	if err != nil {
		return err
	}
	var answers []backendAnswer
	if *backendFile != "" {
		if err := readJSON(*backendFile, &answers); err != nil {
			return fmt.Errorf("-backend: %w", err)
		}
	}
	calls, err := benchCalls(wasm, names, inputs, answers, *count)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"guardBytes": len(wasm), "load": load, "calls": calls})
}

// benchLoads measures a load without any cache and with a filled disk cache, each in a fresh process, and one while another
// instance of the same module keeps its machine code in the process's memory.
func benchLoads(wasm []byte, guardFile string, count int) (map[string]times, error) {
	folder, err := os.MkdirTemp("", "oracle-cache-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if _, err := loadInChild(guardFile, folder); err != nil {
		return nil, err
	}
	cold, err := measure(count, 0, func() (time.Duration, error) { return loadInChild(guardFile, "none") })
	if err != nil {
		return nil, err
	}
	disk, err := measure(count, 0, func() (time.Duration, error) { return loadInChild(guardFile, folder) })
	if err != nil {
		return nil, err
	}
	cache := newMemoryCache()
	defer cache.close()
	first, _, err := loadGuard(context.Background(), cache, "guard", wasm)
	if err != nil {
		return nil, err
	}
	defer first.close()
	memory, err := measure(count, 1, func() (time.Duration, error) { return timeLoad(wasm, cache) })
	return map[string]times{"noCache": cold, "diskCache": disk, "memoryCache": memory}, err
}

func benchCalls(wasm []byte, names []string, inputs map[string]*string, answers []backendAnswer, count int) (map[string]times, error) {
	cache := newMemoryCache()
	defer cache.close()
	g, _, err := loadGuard(context.Background(), cache, "guard", wasm)
	if err != nil {
		return nil, err
	}
	defer g.close()
	calls := map[string]times{}
	for _, name := range names {
		if *inputs[name] == "" {
			continue
		}
		input, err := os.ReadFile(*inputs[name])
		if err != nil {
			return nil, fmt.Errorf("-%s: %w", name, err)
		}
		calls[name], err = measure(count, count/10+1, func() (time.Duration, error) {
			g.guestOutput.reset()
			g.backend = &scriptedBackend{answers: answers}
			g.backendCount = 0
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			begun := time.Now()
			_, _, err := g.call(ctx, name, input)
			return time.Since(begun), err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return calls, nil
}

func benchChild(wasm []byte, cacheFolder string) error {
	var cache *sharedCache
	if cacheFolder != "none" {
		compilation, err := wazero.NewCompilationCacheWithDir(cacheFolder)
		if err != nil {
			return err
		}
		cache = &sharedCache{compilation: compilation}
	}
	took, err := timeLoad(wasm, cache)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(took)
}

func loadInChild(guardFile, cache string) (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	output, err := exec.Command(self, "bench", "-guard", guardFile, "-child", cache).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return 0, fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return 0, err
	}
	var took time.Duration
	return took, json.Unmarshal(output, &took)
}

func timeLoad(wasm []byte, cache *sharedCache) (time.Duration, error) {
	begun := time.Now()
	g, _, err := loadGuard(context.Background(), cache, "guard", wasm)
	took := time.Since(begun)
	if err == nil {
		g.close()
	}
	return took, err
}

func measure(count, warmUp int, once func() (time.Duration, error)) (times, error) {
	var all []time.Duration
	for i := range count + warmUp {
		took, err := once()
		if err != nil {
			return times{}, err
		}
		if i >= warmUp {
			all = append(all, took)
		}
	}
	if len(all) == 0 {
		return times{}, nil
	}
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
	return times{Median: ms(all[len(all)/2]), Least: ms(all[0]), Most: ms(all[len(all)-1]), Count: len(all)}, nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
