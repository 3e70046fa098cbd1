package server

import (
	"net/http"
	"net/url"
	"strings"
)

// plain keeps browsers from guessing what an answer is, and from telling
// others where their user came from.
func plain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// confined serves pages that load scripts and styles from their own origin
// alone and connect to it and to the socket alone. No other page may frame
// them. They carry no version in their names, so browsers ask each time.
func confined(pages http.Handler, socket string) http.Handler {
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		"connect-src 'self' " + originOf(socket),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache")
		pages.ServeHTTP(w, r)
	})
}

// originOf returns scheme, host and port of a url that was checked.
func originOf(checked string) string {
	u, err := url.Parse(checked)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
