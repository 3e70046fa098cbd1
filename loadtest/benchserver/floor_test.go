package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// A floorTest is one floor's program, made.
type floorTest struct{ name, program string }

// makeFloors makes both floors. What this machine cannot make must say so.
func makeFloors(t *testing.T) []floorTest {
	t.Helper()
	w := workshop{root: filepath.Join("..", ".."), tmp: t.TempDir()}
	var made []floorTest
	for _, f := range []struct {
		name  string
		floor *floor
	}{{floorCName, newFloorC(w)}, {floorGWSName, newFloorGWS(w)}} {
		err := f.floor.prepare(t.Context())
		_, noCC := exec.LookPath("cc")
		switch {
		case f.name == floorCName && runtime.GOOS != "linux":
			wants(t, err, "it needs Linux")
		case f.name == floorCName && noCC != nil:
			wants(t, err, "no C compiler")
		case err != nil:
			t.Fatal(err)
		default:
			made = append(made, floorTest{f.name, f.floor.program})
		}
	}
	return made
}

// listen starts a floor that sends messages of that many bytes 100 times a
// second.
func (f floorTest) listen(t *testing.T, size string) (addr string) {
	t.Helper()
	server, err := startChild(context.WithoutCancel(t.Context()), "", f.program, size, "10000") // the test stops it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.stop(); err != nil {
			t.Error(err)
		}
	})
	if addr, err = server.expect("listening", startTimeout); err != nil {
		t.Fatal(err)
	}
	return addr
}

// connect opens a connection that lasts 20 s at most.
func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	return conn
}

// dial connects and upgrades with the example of RFC 6455, section 1.3, handing
// the bytes over in pieces of n.
func dial(t *testing.T, addr string, n int, then []byte) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn := connect(t, addr)
	request := append([]byte("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), then...)
	for len(request) > 0 {
		piece := request[:min(n, len(request))]
		if _, err := conn.Write(piece); err != nil {
			t.Fatal(err)
		}
		request = request[len(piece):]
	}
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Sec-WebSocket-Accept"); res.StatusCode != http.StatusSwitchingProtocols || got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("the handshake is answered with %d and %q", res.StatusCode, got)
	}
	return conn, r
}

// input is a masked frame with six bytes, the seq and 5, 6.
func input(seq uint32) []byte {
	frame := []byte{0x82, 0x80 | 6, 1, 2, 3, 4}
	payload := append(binary.LittleEndian.AppendUint32(nil, seq), 5, 6)
	for i, b := range payload {
		frame = append(frame, b^frame[2+i%4])
	}
	return frame
}

// readSeq reads one short frame of the size and returns its seq.
func readSeq(t *testing.T, r *bufio.Reader, size int) uint32 {
	t.Helper()
	frame := make([]byte, 2+size)
	if _, err := io.ReadFull(r, frame); err != nil {
		t.Fatal(err)
	}
	if frame[0] != 0x82 || int(frame[1]) != size {
		t.Fatalf("a frame starts with %#x, want a binary message of %d bytes", frame[:2], size)
	}
	return binary.LittleEndian.Uint32(frame[2:])
}

// readUntil reads frames until one has the seq; the connection's deadline ends
// it.
func readUntil(t *testing.T, r *bufio.Reader, size int, seq uint32) {
	t.Helper()
	for got := readSeq(t, r, size); got != seq; {
		got = readSeq(t, r, size)
	}
}

func TestFloors(t *testing.T) {
	for _, f := range makeFloors(t) {
		t.Run(f.name+" answers with the newest seq", f.answersWithTheNewestSeq)
		t.Run(f.name+" refuses arguments that make no sense", f.refusesBadArguments)
		t.Run(f.name+" is measured", f.isMeasured)
		if f.name == floorCName { // of the other one, gws' own tests say so
			t.Run(f.name+" takes its bytes as they come", f.takesBytesAsTheyCome)
			t.Run(f.name+" drops whoever sends anything else", f.dropsStrangers)
		}
	}
}

func (f floorTest) answersWithTheNewestSeq(t *testing.T) {
	const size = 20
	addr := f.listen(t, "20")
	conn, r := dial(t, addr, 1000, nil)
	_, other := dial(t, addr, 1000, nil)
	if seq := readSeq(t, r, size); seq != 0 {
		t.Errorf("before any input the seq is %d", seq)
	}
	for _, seq := range []uint32{1, 0x12345678} {
		if _, err := conn.Write(input(seq)); err != nil {
			t.Fatal(err)
		}
		readUntil(t, r, size, seq)
	}
	if seq := readSeq(t, other, size); seq != 0 {
		t.Errorf("one client's input came to another as %d", seq)
	}
}

func (f floorTest) refusesBadArguments(t *testing.T) {
	for _, args := range [][]string{{}, {"20"}, {"3", "1000"}, {"x", "1000"}, {"20", "-1"}} {
		if err := exec.CommandContext(t.Context(), f.program, args...).Run(); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func (f floorTest) isMeasured(t *testing.T) {
	trial := trialOf(t, "L5")
	trial.duration = time.Second
	trial.state = message{size: 300, interval: 10 * time.Millisecond}
	got, err := (&floor{program: f.program, args: floorArgs, input: make([]byte, 56)}).play(t.Context(), trial)
	if err != nil {
		t.Fatal(err)
	}
	if perFrame := got.Bytes * Rate / got.Hz; perFrame < 299 || perFrame > 301 || got.Latency == nil {
		t.Errorf("%+v, want messages of 300 bytes and a latency", got)
	}
}

func (f floorTest) takesBytesAsTheyCome(t *testing.T) {
	const size = 4
	addr := f.listen(t, "4")
	for _, n := range []int{1, 7, 1000} {
		_, r := dial(t, addr, n, append(append(input(1), input(2)...), input(3)...))
		readUntil(t, r, size, 3)
	}
}

func (f floorTest) dropsStrangers(t *testing.T) {
	addr := f.listen(t, "4")
	for name, frame := range map[string][]byte{
		"a close":     {0x88, 0x80, 0, 0, 0, 0},
		"no mask":     {0x82, 6, 1, 2, 3, 4, 5, 6},
		"a long one":  {0x82, 0x80 | 126, 0, 200, 0, 0},
		"a short one": {0x82, 0x80 | 3, 0, 0, 0, 0},
	} {
		conn, r := dial(t, addr, 1000, nil)
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v, want the end of the connection", name, err)
		}
	}
	conn := connect(t, addr)
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, conn); n != 0 || err != nil {
		t.Errorf("a request that is no upgrade got %d bytes, %v", n, err)
	}
}

func TestAFloorNeedsToKnowItsMessages(t *testing.T) {
	_, err := (&floor{}).play(t.Context(), trialOf(t, "S1"))
	wants(t, err, "ours did not play")
}

func TestAMissingCompilerIsNamed(t *testing.T) {
	t.Setenv("PATH", "")
	err := compileC(t.Context(), "floor.c", "floor")
	if runtime.GOOS == "linux" {
		wants(t, err, "no C compiler: cc is not on the path; Debian has it in gcc")
	} else {
		wants(t, err, "it needs Linux")
	}
}

func TestInputsAreAsLongAsOurs(t *testing.T) {
	if n := inputSize(); n < 32 || n > 64 {
		t.Errorf("an input has %d bytes; what a tick's input of drift took was 56", n)
	}
}
