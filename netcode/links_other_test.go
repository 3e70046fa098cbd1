//go:build !linux

package netcode

// rawConnectors are the links that need a socket's descriptor: there are none
// here.
var rawConnectors map[string]connector
