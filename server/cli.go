package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

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
// that plays the given games, and exits.
func Main(games ...sim.Game) {
	var cli struct{ Commands }
	os.Exit(Execute(&cli, os.Args[1:], games...))
}

// Execute parses args by the kong grammar cli and runs the command that they
// name. It returns the exit code: 0, 1 where the command failed, 80 where the
// words were wrong. SIGINT and SIGTERM end the command's context; a second one
// ends the process.
func Execute(cli any, args []string, games ...sim.Game) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	parser, err := newParser(cli, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(Games(games)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "rondo: the command line is broken:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "rondo: %v\nrun %q for what can be said\n", err, helpOf(err))
		return exitWrongWords
	}
	if err := parsed.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "rondo: %v\n", err)
		return exitFailed
	}
	return 0
}

func newParser(cli any, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(cli, append(options,
		kong.Name("rondo"),
		kong.Description("A multiplayer game state-sync server.\n\nExamples:\n  rondo dev                        play in a browser on this machine\n  rondo serve --config rondo.toml  a node for others"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.DefaultEnvars("RONDO"),
		kong.Configuration(loadConfigFile),
	)...)
}

// helpOf returns the command line that explains what err complains of.
func helpOf(err error) string {
	if at, ok := errors.AsType[*kong.ParseError](err); ok {
		if command := at.Context.Selected(); command != nil {
			return "rondo " + command.Name + " --help"
		}
	}
	return "rondo --help"
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
func (VersionCmd) Help() string { return "Example:\n  rondo version" }

// Run prints the version.
func (VersionCmd) Run() error {
	_, err := fmt.Fprintln(os.Stdout, "rondo", version())
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
