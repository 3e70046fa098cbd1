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
			var all []*Session
			for range clients {
				all = append(all, d.session(b))
			}
			b.ReportAllocs()
			seq := uint32(0)
			for b.Loop() {
				seq++
				d.next()
				for _, s := range all {
					s.receive(&wire.ClientFrame{Seq: seq}, 0)
					s.Take(d.start)
					s.Publish(d.history, nil)
					s.busy.Store(false)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*clients), "ns/client")
		})
	}
}
