package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An Output is a generated file as it should stand on disk.
type Output struct {
	Path string
	Text []byte
}

// Write writes the file and its folder. Where it stands as it should, it is
// left alone and wrote is false.
func (o Output) Write() (wrote bool, err error) {
	if state, err := o.state(); state == "" || err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o755); err != nil {
		return false, err
	}
	return true, os.WriteFile(o.Path, o.Text, 0o644)
}

// Check compares files with what is on disk. Its error names every one that is
// missing or stale, and the command that mends them.
func Check(outputs []Output, command string) error {
	var wrong []error
	for _, o := range outputs {
		state, err := o.state()
		if err != nil {
			return err
		}
		if state != "" {
			wrong = append(wrong, fmt.Errorf("%s is %s", o.Path, state))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return errors.Join(append(wrong, fmt.Errorf("to mend this, run: %s", command))...)
}

// state tells what is wrong with the file on disk: missing, stale or nothing.
func (o Output) state() (string, error) {
	text, err := os.ReadFile(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing", nil
	case err != nil:
		return "", err
	case !bytes.Equal(text, o.Text):
		return "stale", nil
	default:
		return "", nil
	}
}
