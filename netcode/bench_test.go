package netcode

import (
	"fmt"
	"testing"

	"github.com/rondo-sync/rondo/netcode/wire"
)

// BenchmarkPublish is a tick of a room with 50 moving entities: an input taken
// from and a state handed to each client, without sockets.
func BenchmarkPublish(b *testing.B) {
	for _, clients := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%d clients", clients), func(b *testing.B) {
			d := newDesk(b, 50, gridRate)
			all := d.sessions(clients)
			b.ReportAllocs()
			seq := uint32(0)
			for b.Loop() {
				seq++
				d.next()
				for _, s := range all {
					d.came(s, wire.ClientFrame{Seq: seq})
					s.Take(d.start)
					s.Publish(d.history, nil)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*clients), "ns/client")
		})
	}
}
