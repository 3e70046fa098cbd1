package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/rondo-sync/rondo/sim"
)

// Commands are a node's commands, for a kong command line.
type Commands struct {
	Dev     DevCmd     `cmd:"" help:"Play: a node for this machine alone, everything embedded."`
	Serve   ServeCmd   `cmd:"" help:"Run a node for others."`
	Rooms   RoomsCmd   `cmd:"" help:"List the rooms of a running node."`
	Token   TokenCmd   `cmd:"" help:"Sign a join token by hand, for tools and tests."`
	Config  ConfigCmd  `cmd:"" help:"Print the settings that a node would have, as a config file."`
	Version VersionCmd `cmd:"" help:"Print the version."`
}

// Games are the games that a command line offers.
type Games []sim.Game

// Exit codes, beside 0.
const (
	exitFailed     = 1  // the command failed
	exitWrongWords = 80 // the command line, the environment or the config file says what cannot be
)

// Main is a game developer's whole main: it runs the command line of a node
// that plays the given games, and exits. Options.Main takes more than games.
func Main(games ...sim.Game) { Options{Games: games}.Main() }

// Execute parses args by the kong grammar cli and runs the command that they
// name. It returns the exit code: 0, 1 where the command failed, 80 where the
// words were wrong. SIGINT and SIGTERM end the command's context; a second one
// ends the process.
func Execute(cli any, args []string, games ...sim.Game) int {
	return Options{Games: games}.Execute(cli, args)
}

// Execute is the function Execute with all options.
func (o Options) Execute(cli any, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	parser, err := newParser(cli, o.Games, kong.BindTo(ctx, (*context.Context)(nil)), o.bind())
	if err != nil {
		complain(fmt.Errorf("the command line is broken: %w", err))
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		refuse(parser, args, err)
		return exitWrongWords
	}
	if err := warn(parser); err != nil {
		complain(err)
		return exitFailed
	}
	if err := parsed.Run(); err != nil {
		complain(err)
		return exitFailed
	}
	return 0
}

// complain tells a person at standard error, under the program's name.
func complain(err error) { fmt.Fprintf(os.Stderr, "%s: %v\n", program(), err) }

// refuse says what is wrong with the words; where there are none it shows what
// they could be.
func refuse(parser *kong.Kong, args []string, err error) {
	if at, ok := errors.AsType[*kong.ParseError](err); ok && len(args) == 0 {
		parser.Stdout = os.Stderr
		_ = at.Context.PrintUsage(false) // standard error is where it would be told
		return
	}
	complain(err)
	fmt.Fprintf(os.Stderr, "run %q for what can be said\n", helpOf(err))
}

// warn tells of environment variables that look like settings and are not.
func warn(parser *kong.Kong) error {
	lines, err := unknownEnv(parser.Model, os.Environ())
	for _, line := range lines {
		complain(errors.New(line))
	}
	return err
}

func newParser(cli any, games []sim.Game, options ...kong.Option) (*kong.Kong, error) {
	name := program()
	parser, err := kong.New(cli, append(options,
		kong.Name(name),
		kong.Description(fmt.Sprintf("A multiplayer game state-sync server.\n\nExamples:\n  %[1]s dev                        play in a browser on this machine\n  %[1]s serve --config rondo.toml  a node for others", name)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.DefaultEnvars(envPrefix),
		kong.Configuration(loadConfigFile),
		checked(reflect.TypeFor[time.Duration](), checkDuration),
		checked(reflect.TypeFor[map[string]int](), checkSettings),
	)...)
	if err != nil {
		return nil, err
	}
	return parser, fillExamples(parser.Model, games)
}

// helpOf returns the command line that explains what err complains of.
func helpOf(err error) string {
	if at, ok := errors.AsType[*kong.ParseError](err); ok {
		if command := at.Context.Selected(); command != nil {
			return program() + " " + command.Name + " --help"
		}
	}
	return program() + " --help"
}

// newLogger logs to standard error, so that standard output is the command's.
func newLogger(level, format string) (*zap.Logger, error) {
	at, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, err
	}
	cfg := zap.NewProductionConfig()
	cfg.Level = zap.NewAtomicLevelAt(at)
	cfg.Encoding = format
	cfg.DisableCaller = true
	cfg.DisableStacktrace = true
	cfg.Sampling = nil
	cfg.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	if format == "console" {
		cfg.EncoderConfig.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		cfg.EncoderConfig.EncodeLevel = zapcore.CapitalLevelEncoder
	}
	return cfg.Build()
}

// VersionCmd is `rondo version`.
type VersionCmd struct{}

// Help is what --help says below the summary.
func (VersionCmd) Help() string { return "Example:\n  ${program} version" }

// Run prints the version.
func (VersionCmd) Run() error {
	_, err := fmt.Fprintln(os.Stdout, program(), version())
	return err
}

// version is that of the module, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
