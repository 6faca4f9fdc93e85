package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// trace prints the error of one guard call, with the files and lines that wazero finds in the debug information.
func trace(guardFile, function string, input []string) error {
	debugInfo = true
	wasm, err := os.ReadFile(guardFile)
	if err != nil {
		return err
	}
	ctx := context.Background()
	g, _, err := loadGuard(ctx, nil, "guard", wasm)
	if err != nil {
		return err
	}
	defer g.close()
	_, _, err = g.call(ctx, function, []byte(strings.Join(input, " ")))
	if err == nil {
		return errors.New("the call did not fail")
	}
	fmt.Println(err)
	return nil
}
