// Command gateway runs guards as the production gateway does: the same engine, version, limits and buffer protocol.
//
//	gateway                one case a line on standard input, its printed lines as one line on standard output
//	gateway bench FLAGS    times of loading a guard and of its calls, as one JSON object
//	gateway trace FILE FUNCTION [INPUT]    the error of one call with debug information, as DEBUG=guard:wasm gives it
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	// Every case allocates and drops megabytes of linear memory; collections at the default rate take longer than the cases.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(2 << 30)
	var err error
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		err = bench(os.Args[2:])
	} else if len(os.Args) > 3 && os.Args[1] == "trace" {
		err = trace(os.Args[2], os.Args[3], os.Args[4:])
	} else {
		err = stream(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// stream answers each case in order; an input line that is not a case ends the run.
func stream(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriterSize(out, 1<<20)
	engine := newEngine(nil)
	defer engine.close()
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			var c testCase
			if err := json.Unmarshal(line, &c); err != nil {
				return fmt.Errorf("not a case: %w", err)
			}
			answer, err := json.Marshal(engine.run(&c))
			if err != nil {
				return err
			}
			writer.Write(answer)
			writer.WriteByte('\n')
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
