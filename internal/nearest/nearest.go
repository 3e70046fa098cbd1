// Package nearest finds the name that was probably meant.
package nearest

// maxTried bounds the work for a hostile name: no name so long is a slip of
// the finger.
const maxTried = 64

// Name returns the known name with the fewest slips to name, "" if even that
// has more than half of its letters wrong.
func Name(name string, known []string) string {
	if len(name) > maxTried {
		return ""
	}
	best, fewest := "", max(len(name)/2, 1)+1
	for _, k := range known {
		if d := distance(name, k); d < fewest {
			best, fewest = k, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or replace that turn a into b
// (Wagner and Fischer 1974, one row kept).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
