package netcode

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serveWord {
		if err := serveLinks(os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "netcode.test serve:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}
