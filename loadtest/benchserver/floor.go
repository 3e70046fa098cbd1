package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/rondo-sync/rondo/loadtest/benchserver/thin"
	"github.com/rondo-sync/rondo/netcode/wire"
	"github.com/rondo-sync/rondo/sim/drift"
)

// A floor is a server that thin clients play with.
type floor struct {
	program string
	make    func(ctx context.Context) error
	args    func(t trial) []string // of the program
	input   []byte                 // what the clients say
	seqAt   int
}

// floorArgs is how a server is called that only moves the bytes: floor SIZE
// INTERVAL_US.
func floorArgs(t trial) []string {
	return []string{fmt.Sprint(t.state.size), fmt.Sprint(t.state.interval.Microseconds())}
}

func newFloorC(w workshop) *floor {
	program := filepath.Join(w.tmp, floorCName)
	source := filepath.Join(w.root, "loadtest", "peers", floorCName, "floor.c")
	return &floor{
		program: program, args: floorArgs, input: make([]byte, inputSize()),
		make: func(ctx context.Context) error { return compileC(ctx, source, program) },
	}
}

func newFloorGWS(w workshop) *floor {
	program := filepath.Join(w.tmp, floorGWSName)
	return &floor{
		program: program, args: floorArgs, input: make([]byte, inputSize()),
		make: func(ctx context.Context) error {
			return build(ctx, w.root, "go", "build", "-o", program, "./loadtest/peers/"+floorGWSName)
		},
	}
}

func compileC(ctx context.Context, source, program string) error {
	if runtime.GOOS != "linux" {
		return errors.New("it needs Linux: epoll and timerfd")
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		return errors.New("no C compiler: cc is not on the path; Debian has it in gcc")
	}
	return build(ctx, "", cc, "-std=c11", "-O2", "-Wall", "-Wextra", "-o", program, source)
}

func (f *floor) prepare(ctx context.Context) error { return f.make(ctx) }

func (f *floor) play(ctx context.Context, t trial) (Figures, error) {
	if t.state.size == 0 {
		return Figures{}, errNoState
	}
	server, err := startChild(ctx, "", f.program, f.args(t)...)
	if err != nil {
		return Figures{}, err
	}
	addr, err := server.expect("listening", startTimeout)
	if err != nil {
		return Figures{}, err
	}
	figures, err := measure(ctx, server.pid(), t, func() (crowd, error) {
		return thin.Join(ctx, thin.Options{Addr: addr, Clients: t.Clients(), Period: inputPeriod(t.Case), Input: f.input, SeqAt: f.seqAt})
	})
	return figures, errors.Join(err, server.stop())
}

// inputPeriod is the time between two inputs of a client, 0 where none are
// sent.
func inputPeriod(c Case) time.Duration {
	if c.Still {
		return 0
	}
	return time.Second / Rate
}

// inputSize is how long the inputs are that our clients send.
func inputSize() int {
	message, _ := realInput()
	return len(message)
}

// realInput is an input as our clients send it, and where its seq stands.
func realInput() (message []byte, seqAt int) {
	f := wire.ClientFrame{Seq: 0x01020304, Ack: 1, View: 1}
	message = f.Append(nil, flatbuffers.NewBuilder(wire.MaxClientFrame), len(drift.Schema.Input))
	return message, bytes.Index(message, binary.LittleEndian.AppendUint32(nil, f.Seq))
}
