package server

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkWatchersSSE opens an event stream for each of b.N tickets that wait, and reports the memory that one takes of the node, in KiB: on the
// heap and in stacks, after a collection. The clients' sockets, which are in this process as well, are counted. Give -benchtime 9000x.
func BenchmarkWatchersSSE(b *testing.B) {
	n, client := benchNode(b, ""), benchClient(b)
	ids := make([]string, b.N)
	for i := range ids {
		t, err := request(client, http.MethodPost, n.URL()+"/v1/tickets", fmt.Appendf(nil, `{"game": "toy", "mode": "lonely", "attributes": {"alone": "%d"}}`, i))
		if err != nil {
			b.Fatal(err)
		}
		ids[i] = t.ID
	}
	client.CloseIdleConnections()
	address := strings.TrimPrefix(n.URL(), "http://")
	heap, stacks := memory()
	for _, id := range ids {
		watchSSE(b, address, id)
	}
	moreHeap, moreStacks := memory()
	b.ReportMetric(float64(moreHeap-heap)/1024/float64(b.N), "heap-KiB")
	b.ReportMetric(float64(moreStacks-stacks)/1024/float64(b.N), "stack-KiB")
	b.ReportMetric(float64(moreHeap-heap+moreStacks-stacks)/1024/float64(b.N), "KiB/watcher")
}

// watchSSE opens a ticket's event stream and returns once it has told of the ticket. The benchmark's end closes it.
func watchSSE(b *testing.B, address, id string) {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET /v1/tickets/%s/events HTTP/1.1\r\nHost: %s\r\n\r\n", id, address); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), []byte("data: ")) {
			return
		}
	}
	b.Fatalf("no event of ticket %s: %v", id, lines.Err())
}

// memory returns what is in use after a collection, in bytes.
func memory() (heap, stacks int64) {
	runtime.GC()
	runtime.GC() // stacks shrink at the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc), int64(m.StackInuse)
}
