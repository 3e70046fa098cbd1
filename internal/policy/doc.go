// Package policy holds the rules of this repository as tests: who may import
// whom, how long a file and a function may grow, what a package must say about
// itself, where things lie, and that the documents' commands exist.
//
//	every file of the tree -> parsed once -> one test a rule -> file, what, how to mend
//
// It has no code of its own. A rule that turns out wrong is changed here, in the
// same commit as the code that needs it, so that the reviewer sees both.
package policy
