package thin

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"time"
)

// dialTimeout bounds the opening of one connection.
const dialTimeout = 10 * time.Second

// dial opens a WebSocket connection to a host and port. What is read from it
// must be read through the reader.
func dial(ctx context.Context, addr string) (net.Conn, *bufio.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReader(conn)
	deadline, _ := ctx.Deadline() // it was set above
	_ = conn.SetDeadline(deadline)
	if err := upgrade(conn, r, addr); err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("open a WebSocket to %s: %w", addr, err)
	}
	_ = conn.SetDeadline(time.Time{})
	return conn, r, nil
}

func upgrade(conn net.Conn, r *bufio.Reader, addr string) error {
	const (
		key  = "dGhlIHNhbXBsZSBub25jZQ==" // any will do: no proxy stands between
		guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	)
	_, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", addr, key)
	if err != nil {
		return err
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the server answered %s", res.Status)
	}
	hash := sha1.Sum([]byte(key + guid))
	if got, want := res.Header.Get("Sec-WebSocket-Accept"), base64.StdEncoding.EncodeToString(hash[:]); got != want {
		return fmt.Errorf("the server accepted with %q, want %q", got, want)
	}
	return nil
}
