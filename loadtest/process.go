package loadtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"
)

// A process is a server that this test started, or that was there.
type process struct {
	cmd *exec.Cmd
	url string
}

// start runs a server as a process of its own and waits until it says where
// it is. Its log goes to this process's standard error.
func start(ctx context.Context, command []string) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	setApart(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	p := &process{cmd: cmd}
	if p.url, err = readURL(ctx, out); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

var urlPattern = regexp.MustCompile(`https?://[^\s/]+`)

// readURL finds the server's url in what it prints, and reads the rest away.
func readURL(ctx context.Context, out io.Reader) (string, error) {
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url := urlPattern.FindString(lines.Text()); url != "" {
				found <- url
				break
			}
		}
		close(found)
		_, _ = io.Copy(io.Discard, out) // so that the server never waits for a reader
	}()
	select {
	case url, ok := <-found:
		if !ok {
			return "", errors.New("the server ended without saying where it listens; its own words are above")
		}
		return url, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(20 * time.Second):
		return "", errors.New("the server did not say within 20 s where it listens")
	}
}

// stop ends the server, by force where it does not go within 15 s.
func (p *process) stop() error {
	if p.cmd.Process.Signal(syscall.SIGTERM) != nil {
		_ = p.cmd.Process.Kill() // where there are no signals; it may have gone
	}
	force := time.AfterFunc(15*time.Second, func() { _ = p.cmd.Process.Kill() }) // it may have gone
	defer force.Stop()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended badly: %w", err)
	}
	return nil
}
