package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/rondo-sync/rondo/internal/netem"
	"github.com/rondo-sync/rondo/internal/netem/lab"
)

const (
	// period is from message to message: 20 Hz.
	period = 50 * time.Millisecond
	// Sizes of a state of a room of 50 and of an input, in bytes with the
	// WebSocket's head.
	downBytes = 92
	upBytes   = 54
	// patience is how long the last message may take.
	patience = 30 * time.Second
)

// record lets two ends send each other n messages over a TCP connection.
func record(profile string, n int, seed uint64) (*trace, error) {
	l, err := lab.New(seed)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	l.Set(netem.Named[profile], netem.Named[profile])
	near, far, err := pair(l)
	if err != nil {
		return nil, err
	}
	defer func() { _, _ = near.Close(), far.Close() }() // everything has arrived
	start := time.Now()
	for _, conn := range []net.Conn{near, far} {
		if err := conn.SetDeadline(start.Add(time.Duration(n)*period + patience)); err != nil {
			return nil, err
		}
	}
	t := &trace{Profile: profile, Period: int(period.Milliseconds())}
	var flows sync.WaitGroup
	var downErr, upErr error
	flows.Go(func() { t.Down, downErr = flow(near, far, downBytes, n, start) })
	flows.Go(func() { t.Up, upErr = flow(far, near, upBytes, n, start) })
	flows.Wait()
	return t, errors.Join(downErr, upErr)
}

// pair connects the two sides.
func pair(l *lab.Lab) (near, far net.Conn, err error) {
	listener, err := l.Near.Listen(0)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if far, err = l.Far.DialContext(ctx, "tcp", listener.Addr().String()); err != nil {
		return nil, nil, err
	}
	near, err = listener.Accept()
	return near, far, err
}

// flow sends n messages of a size one way, a period apart, and returns how many
// milliseconds each took. A message begins with the time of its sending, so
// that the sender's lateness is no part of it.
func flow(from, to net.Conn, size, n int, start time.Time) ([]float64, error) {
	sent := make(chan error, 1)
	go func() { sent <- send(from, size, n, start) }()
	took := make([]float64, 0, n)
	msg := make([]byte, size)
	for range n {
		if _, err := io.ReadFull(to, msg); err != nil {
			return nil, errors.Join(err, <-sent)
		}
		late := time.Since(start) - time.Duration(binary.BigEndian.Uint64(msg))
		took = append(took, float64(late.Microseconds())/1000)
	}
	return inOrder(took), <-sent
}

func send(conn net.Conn, size, n int, start time.Time) error {
	msg := make([]byte, size)
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(i) * period)))
		binary.BigEndian.PutUint64(msg, uint64(time.Since(start)))
		if _, err := conn.Write(msg); err != nil {
			return err
		}
	}
	return nil
}

// inOrder undoes what taking the sender's lateness away makes of messages that
// arrived together: none arrives before the one sent before it.
func inOrder(took []float64) []float64 {
	for i := 1; i < len(took); i++ {
		took[i] = max(took[i], took[i-1]-float64(period.Milliseconds()))
	}
	return took
}
