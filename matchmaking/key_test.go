package matchmaking

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKeyGoesToAFileAndToASeedAndBack(t *testing.T) {
	key, path := GenerateKey(), filepath.Join(t.TempDir(), "key.pem")
	must(t, key.Save(path))
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v", info.Mode())
	}
	loaded, err := LoadKey(path)
	must(t, err)
	parsed, err := ParseKey(key.Seed() + "\n")
	must(t, err)
	if !loaded.private.Equal(key.private) || !parsed.private.Equal(key.private) {
		t.Error("another key comes back")
	}
	if err := key.Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file is replaced: %v", err)
	}
}

func TestAKeyPrintsAsItsFingerprint(t *testing.T) {
	key := testKey(t)
	for _, s := range []string{fmt.Sprint(key), fmt.Sprintf("%+v", key), fmt.Sprint([]Key{key})} {
		if strings.Trim(s, "[]") != "ed25519:56475aa75463474c" {
			t.Errorf("prints %q", s)
		}
	}
}

func TestAKeyThatCannotBeReadSaysWhy(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	must(t, err)
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "neither a PEM block nor a 32-byte seed"},
		{"short seed", "AAEC", "neither a PEM block nor a 32-byte seed"},
		{"public", block("PUBLIC KEY", der), `the PEM block is "PUBLIC KEY"`},
		{"damaged", block(pemType, der[:9]), "no PKCS #8 key"},
		{"another kind", block(pemType, der), "the key is a *ecdsa.PrivateKey"},
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		must(t, os.WriteFile(path, []byte(c.text), 0o600))
		if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q and the path", c.name, err, c.want)
		}
	}
	if _, err := LoadKey(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
