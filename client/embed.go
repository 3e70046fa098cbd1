// Package client holds the browser side: the TypeScript SDK, and the built
// pages, which the server embeds.
package client

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Arena returns the page that plays the arena, index.html at the root.
func Arena() fs.FS { return page("arena") }

// Playground returns the page that plays any game by hand, for its developer;
// index.html at the root.
func Playground() fs.FS { return page("playground") }

// Admin returns the page on which operators see a node; index.html at the root.
func Admin() fs.FS { return page("admin") }

func page(folder string) fs.FS {
	files, err := fs.Sub(dist, "dist/"+folder)
	if err != nil {
		panic(err) // the name is a constant, and a path
	}
	return files
}
