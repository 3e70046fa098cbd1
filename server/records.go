package server

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/rondo-sync/rondo/matchmaking"
)

// records are the files of --record: one for each mode with rules, of this run of the node.
type records struct {
	files map[string]*recordFile // by game and mode
}

// newRecords makes the files; "" makes none.
func newRecords(dir string, modes []matchmaking.Mode, log *zap.Logger) (*records, error) {
	r := &records{files: map[string]*recordFile{}}
	if dir == "" {
		return r, nil
	}
	if !slices.ContainsFunc(modes, func(m matchmaking.Mode) bool { return m.Rules != nil }) {
		return nil, errors.New("--record is about modes with rules: give --rules FILE as well")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--record: %w", err)
	}
	start := time.Now().UTC().Format("20060102T150405.000")
	for _, m := range modes {
		if m.Rules == nil {
			continue
		}
		name := fmt.Sprintf("%s-%s-%s.jsonl", url.PathEscape(m.Game), url.PathEscape(m.Name), start)
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it names tickets, which are secrets
		if err != nil {
			r.close()
			return nil, fmt.Errorf("--record: %w", err)
		}
		r.files[m.Game+" "+m.Name] = &recordFile{f: f, log: log}
	}
	return r, nil
}

// of returns where the mode's decisions go, nil for nowhere.
func (r *records) of(game, mode string) io.Writer {
	if f := r.files[game+" "+mode]; f != nil {
		return f
	}
	return nil
}

func (r *records) close() {
	for _, f := range r.files {
		if err := f.f.Close(); err != nil {
			f.failed(err)
		}
	}
}

// recordFile logs the first write that fails, and writes no more: a line after one that is missing would prove nothing.
type recordFile struct {
	f      *os.File
	log    *zap.Logger
	broken bool
}

// Write writes a line.
func (f *recordFile) Write(line []byte) (int, error) {
	if f.broken {
		return 0, os.ErrClosed
	}
	n, err := f.f.Write(line)
	if err != nil {
		f.broken = true
		f.failed(err)
	}
	return n, err
}

func (f *recordFile) failed(err error) {
	f.log.Error("decisions are not recorded any more", zap.String("file", f.f.Name()), zap.Error(err))
}
