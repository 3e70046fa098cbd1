// Command record writes down how late messages arrive over the emulated Wi-Fi
// and mobile networks, for the tuning and the tests of clocks and buffers.
//
//	go run ./internal/netem/cmd/record -out schema/vectors/traces
//
// It needs Linux and root, and a machine that has little else to do: what the
// machine is late by is in the traces.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

func main() {
	out := flag.String("out", "schema/vectors/traces", "folder for the traces")
	length := flag.Duration("for", 2*time.Minute, "how long to record")
	seed := flag.Uint64("seed", 1, "of what is random about the network")
	flag.Parse()
	var recordings sync.WaitGroup
	var failed sync.Once
	code := 0
	for _, name := range []string{"wifi", "mobile"} {
		recordings.Go(func() {
			if err := save(*out, name, int(*length/period), *seed); err != nil {
				fmt.Fprintf(os.Stderr, "record %s: %v\n", name, err)
				failed.Do(func() { code = 1 })
			}
		})
	}
	recordings.Wait()
	os.Exit(code)
}

// save records n messages each way and writes the trace.
func save(folder, profile string, n int, seed uint64) error {
	t, err := record(profile, n, seed)
	if err != nil {
		return err
	}
	fmt.Printf("%s down: %v\n%s up:   %v\n", profile, summary(t.Down), profile, summary(t.Up))
	return os.WriteFile(filepath.Join(folder, profile+".json"), t.appendJSON(nil), 0o644)
}
