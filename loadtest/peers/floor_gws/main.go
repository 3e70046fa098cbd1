// Command floor_gws is the floor of a Go server on gws: a WebSocket server that
// only moves the bytes, as gws' own examples do it.
//
//	floor_gws SIZE INTERVAL_US
//
//	socket -> gws' reading goroutine per connection -> client.seq
//	ticker -> one goroutine: frame with client.seq in it -> WriteMessage
//
// It listens on a free port of 127.0.0.1 and prints "listening ADDRESS:PORT".
// From each client it keeps the seq of the newest input: the first four bytes,
// little endian, of a message. Every INTERVAL_US microseconds (0: never) it sends
// each client one binary message of SIZE bytes that starts with that client's
// seq. It ends when its standard input does.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"
)

// seqSize is how long a seq is, and so the shortest message.
const seqSize = 4

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "floor_gws:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	size, interval, err := parse(args)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	fmt.Fprintln(out, "listening", listener.Addr())

	s := &server{}
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(listener, s.handler()) }()
	if interval > 0 {
		go s.tick(make([]byte, size), interval) // until the process ends
	}
	go func() {
		_, err := io.Copy(io.Discard, in)
		failed <- err
	}()
	return <-failed
}

func parse(args []string) (size int, interval time.Duration, err error) {
	if len(args) != 2 {
		return 0, 0, errors.New("usage: floor_gws SIZE INTERVAL_US")
	}
	size, err = strconv.Atoi(args[0])
	if err != nil || size < seqSize {
		return 0, 0, fmt.Errorf("SIZE is %q, want %d bytes or more", args[0], seqSize)
	}
	us, err := strconv.Atoi(args[1])
	if err != nil || us < 0 {
		return 0, 0, fmt.Errorf("INTERVAL_US is %q, want microseconds, 0 for never", args[1])
	}
	return size, time.Duration(us) * time.Microsecond, nil
}

// A server holds the connections. gws calls it from each connection's reading
// goroutine.
type server struct {
	gws.BuiltinEventHandler
	mu      sync.Mutex // guards clients: connections come and go beside the ticks
	clients []*client
}

type client struct {
	conn *gws.Conn
	seq  atomic.Uint32 // of the newest input
}

// clientKey is where gws' session of a connection keeps its client.
const clientKey = "client"

func (s *server) handler() http.Handler {
	upgrader := gws.NewUpgrader(s, nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := upgrader.Upgrade(w, r); err == nil {
			go conn.ReadLoop() // ends with the connection
		}
	})
}

// OnOpen is part of gws.Event.
func (s *server) OnOpen(conn *gws.Conn) {
	c := &client{conn: conn}
	conn.Session().Store(clientKey, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = append(s.clients, c)
}

// OnClose is part of gws.Event.
func (s *server) OnClose(conn *gws.Conn, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients = slices.DeleteFunc(s.clients, func(c *client) bool { return c.conn == conn })
}

// OnMessage is part of gws.Event.
func (s *server) OnMessage(conn *gws.Conn, m *gws.Message) {
	defer m.Close()
	if c, ok := conn.Session().Load(clientKey); ok && m.Data.Len() >= seqSize {
		c.(*client).seq.Store(binary.LittleEndian.Uint32(m.Bytes()))
	}
}

// tick sends the frame to everybody, once an interval.
func (s *server) tick(frame []byte, interval time.Duration) {
	var clients []*client
	for range time.Tick(interval) {
		s.mu.Lock()
		clients = append(clients[:0], s.clients...)
		s.mu.Unlock()
		for _, c := range clients {
			binary.LittleEndian.PutUint32(frame, c.seq.Load())
			_ = c.conn.WriteMessage(gws.OpcodeBinary, frame) // a failure ends ReadLoop, which tells OnClose
		}
	}
}
