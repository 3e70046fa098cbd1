package matchmaking

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Key is the Ed25519 key that signs passes. It prints as a fingerprint, never as itself. Its zero value cannot sign.
type Key struct {
	private ed25519.PrivateKey
}

// pemType is the block of a PKCS #8 key, as `openssl genpkey -algorithm ed25519` writes it.
const pemType = "PRIVATE KEY"

// GenerateKey returns a new random key.
func GenerateKey() Key {
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // never fails: it ends the process where there is no randomness
	return Key{ed25519.NewKeyFromSeed(seed)}
}

// ParseKey reads a key from text: a PKCS #8 PEM block, or the 32-byte seed in standard base64 (44 characters).
func ParseKey(text string) (Key, error) {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return parsePKCS8(block)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		return Key{}, errors.New("neither a PEM block nor a 32-byte seed in base64 (44 characters)")
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

func parsePKCS8(block *pem.Block) (Key, error) {
	if block.Type != pemType {
		return Key{}, fmt.Errorf("the PEM block is %q, not %q: give the private key in PKCS #8", block.Type, pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("the PEM block is no PKCS #8 key: %w", err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("the key is a %T: make one with `openssl genpkey -algorithm ed25519`", parsed)
	}
	return Key{private}, nil
}

// publicType is the block of a public key, as `openssl pkey -pubout` writes it.
const publicType = "PUBLIC KEY"

// ParsePublicKey reads an Ed25519 public key from a PEM block.
func ParsePublicKey(text string) (ed25519.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return nil, errors.New("no PEM block: give a public key, as `openssl pkey -in FILE -pubout` writes it")
	case block.Type == pemType:
		return nil, fmt.Errorf("the PEM block is %q, which must stay with who signs: give what `openssl pkey -in FILE -pubout` makes of it", block.Type)
	case block.Type != publicType:
		return nil, fmt.Errorf("the PEM block is %q, not %q: give a public key, as `openssl pkey -in FILE -pubout` writes it", block.Type, publicType)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the PEM block is no public key: %w", err)
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the key is a %T: make one with `openssl genpkey -algorithm ed25519`", parsed)
	}
	return key, nil
}

// LoadPublicKey reads what ParsePublicKey reads from a file, or from the text itself where that is a PEM block.
func LoadPublicKey(fileOrText string) (ed25519.PublicKey, error) {
	if strings.Contains(fileOrText, "-----BEGIN ") {
		return ParsePublicKey(fileOrText)
	}
	text, err := os.ReadFile(fileOrText)
	if err != nil {
		return nil, fmt.Errorf("load public key: %w", err)
	}
	key, err := ParsePublicKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("load public key from %s: %w", fileOrText, err)
	}
	return key, nil
}

// LoadKey reads a file that holds what ParseKey reads.
func LoadKey(path string) (Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("load key: %w", err)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("load key from %s: %w", path, err)
	}
	return key, nil
}

// Save writes the key as PEM into a new file that only its owner may read. It returns an error, fs.ErrExist, rather than
// replace a file.
func (k Key) Save(path string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: pemType, Bytes: der})
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("save key to %s: %w", path, err)
	}
	return nil
}

// Seed returns the key in the base64 that ParseKey reads: a secret.
func (k Key) Seed() string {
	return base64.StdEncoding.EncodeToString(k.private.Seed())
}

// Public returns the key that verifies what k signs.
func (k Key) Public() ed25519.PublicKey {
	return k.private.Public().(ed25519.PublicKey)
}

// String returns a fingerprint that tells keys apart: the first 8 bytes of the public key's SHA-256, in hex.
func (k Key) String() string {
	sum := sha256.Sum256(k.Public())
	return "ed25519:" + hex.EncodeToString(sum[:8])
}
