package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rondo-sync/rondo/internal/gen"
)

// genCmd is `rondo gen`: it writes the code that belongs to a game's schema. It
// goes by its arguments alone: `env:"-"` keeps the RONDO_* variables, which are
// a node's settings, away from it.
type genCmd struct {
	Schemas []string `arg:"" name:"schema" help:"Schemas: .fbs files (flatc must be on the PATH) or .bfbs files."`
	Go      string   `env:"-" placeholder:"DIR" help:"Write schema_gen.go there. {name} stands for the schema's name."`
	Package string   `env:"-" placeholder:"NAME" help:"Package of the Go file (default: the schema's name)."`
	TS      string   `name:"ts" env:"-" placeholder:"DIR" help:"Write NAME_gen.ts there. {name} stands for the schema's name."`
	SDK     string   `name:"sdk" env:"-" placeholder:"PATH" help:"Where the TypeScript file imports SchemaRef from (default: ./schema.js)."`
	Check   bool     `env:"-" help:"Write nothing; fail where a file is not what the schema gives."`
}

// Help is what --help says below the flags' summary.
func (*genCmd) Help() string {
	return `Examples:
  # The Go side, next to the game's code
  rondo gen --go . mygame.fbs

  # Both sides of two games
  rondo gen --go sim/{name} --ts client/src schema/arena.fbs schema/drift.fbs

  # In continuous integration: fail where somebody forgot to generate
  rondo gen --check --go . mygame.fbs

A schema includes "attributes.fbs", which need not lie beside it.`
}

// Run writes the files, or checks them, and says so on standard output.
func (c *genCmd) Run() error { return c.run(os.Stdout) }

func (c *genCmd) run(out io.Writer) error {
	outputs, err := c.outputs()
	if err != nil {
		return err
	}
	if c.Check {
		return gen.Check(outputs, c.String())
	}
	for _, o := range outputs {
		wrote, err := o.Write()
		if err != nil {
			return err
		}
		if wrote {
			fmt.Fprintln(out, "wrote", o.Path)
		}
	}
	return nil
}

// outputs returns the files of all schemas.
func (c *genCmd) outputs() ([]gen.Output, error) {
	if c.Go == "" && c.TS == "" {
		return nil, errors.New("say what to write: --go DIR, --ts DIR or both")
	}
	var all []gen.Output
	from := map[string]string{}
	for _, path := range c.Schemas {
		s, err := gen.Load(path)
		if err != nil {
			return nil, err
		}
		files, err := c.files(s)
		if err != nil {
			return nil, err
		}
		for _, o := range files {
			if other, ok := from[o.Path]; ok {
				return nil, fmt.Errorf("%s and %s would both be %s: put {name} into the folder's name", other, path, o.Path)
			}
			from[o.Path] = path
		}
		all = append(all, files...)
	}
	return all, nil
}

// files returns the files of one schema.
func (c *genCmd) files(s *gen.Schema) ([]gen.Output, error) {
	var files []gen.Output
	if c.Go != "" {
		text, err := gen.Go(s, cmp.Or(c.Package, s.Name))
		if err != nil {
			return nil, err
		}
		files = append(files, gen.Output{Path: within(c.Go, s.Name, "schema_gen.go"), Text: text})
	}
	if c.TS != "" {
		text, err := gen.TypeScript(s, cmp.Or(c.SDK, "./schema.js"))
		if err != nil {
			return nil, err
		}
		files = append(files, gen.Output{Path: within(c.TS, s.Name, s.Name+"_gen.ts"), Text: text})
	}
	return files, nil
}

func within(dir, name, file string) string {
	return filepath.Join(strings.ReplaceAll(dir, "{name}", name), file)
}

// String returns the command line that writes the files.
func (c *genCmd) String() string {
	words := []string{"rondo gen"}
	for _, flag := range [][2]string{{"go", c.Go}, {"package", c.Package}, {"ts", c.TS}, {"sdk", c.SDK}} {
		if flag[1] != "" {
			words = append(words, "--"+flag[0]+" "+flag[1])
		}
	}
	return strings.Join(append(words, c.Schemas...), " ")
}
