package netcode

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzReadOffer reads what a request may say before anybody is let in: it gives a
// claim whose numbers are those of the query, or a refusal in one line.
func FuzzReadOffer(f *testing.F) {
	secret := strings.Repeat("A", 43)
	f.Add("rondo.v1, rondo.resume."+secret, "", "tick=7&heard=4294967295&attempt=1")
	f.Add("rondo.v1", "Resume "+secret, "")
	f.Add("rondo.v1, rondo.token.x", "Resume "+secret, "budget=64")
	f.Add("rondo.v1", "Resume "+secret, "tick=%0a")
	f.Add("rondo.v2, rondo.resume.", "Bearer x", "tick=-1&tick=2")
	f.Fuzz(func(t *testing.T, protocols, authorization, query string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.RawQuery = query
		r.Header = http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"a"},
			"Sec-Websocket-Protocol": {protocols}, "Authorization": {authorization},
		}
		o, err := readOffer(r, nil)
		if err != nil {
			if refusal, ok := errors.AsType[*Refusal](err); !ok || refusal.Status/100 != 4 || strings.Contains(refusal.Reason, "\n") {
				t.Errorf("the error is %v", err)
			}
			return
		}
		if c := o.claim; c != nil {
			requireClaim(t, c, o.token, r.URL.Query())
		}
	})
}

func requireClaim(t *testing.T, c *claim, token string, query url.Values) {
	t.Helper()
	for name, n := range map[string]uint32{tickParameter: uint32(c.tick), heardParameter: c.heard, attemptParameter: c.attempt} {
		if again, err := readNumber(query, name); err != nil || again != n {
			t.Errorf("%s is %d, the query says %q", name, n, query.Get(name))
		}
	}
	if token != "" || c.knows != query.Has(heardParameter) {
		t.Errorf("the claim is %+v with the token %q", c, token)
	}
}
