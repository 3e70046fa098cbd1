package server

import (
	"context"
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

// Main is a game developer's whole main: it runs the command line of a node
// that plays the given games, and exits.
func Main(games ...sim.Game) {
	var cli struct{ Commands }
	os.Exit(Execute(&cli, os.Args[1:], games...))
}

// Execute parses args by the kong grammar cli and runs the command that they
// name. It returns the exit code: 0, 1 where the command failed, 80 where the
// words were wrong.
func Execute(cli any, args []string, games ...sim.Game) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(cli,
		kong.Name("rondo"),
		kong.Description("A multiplayer game state-sync server.\n\nrondo dev\n  starts a node on this machine and says where to play."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.DefaultEnvars("RONDO"),
		kong.Configuration(loadConfigFile),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(Games(games)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rondo: the command line is broken:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "rondo: %v\n", err)
		return 80
	}
	if err := parsed.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "rondo: %v\n", err)
		return 1
	}
	return 0
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

// Run prints the version.
func (VersionCmd) Run() error {
	fmt.Println("rondo", version())
	return nil
}

// version is that of the module, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
