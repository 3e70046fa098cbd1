// Package zoo is what the generator makes of testdata/zoo.fbs, a schema with
// one of everything. Its tests hold the generated code against sim's.
package zoo
