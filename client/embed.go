// Package client holds the browser side: the TypeScript SDK, and the built
// pages, which the server embeds.
package client

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Pages returns the built pages, index.html at the root.
func Pages() fs.FS {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return pages
}
