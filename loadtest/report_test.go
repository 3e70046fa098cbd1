package loadtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens")

// example is a report with a value of its own in every field.
func example() *Report {
	cpu, rss := 23.5, 44.25
	return &Report{
		Game: "drift", Clients: 200, Rooms: 20, Seconds: 15.1, Ticks: 302,
		DeliveredHz: 19.98, BytesPerClientTick: 171.5,
		InputLatency: Percentile{P50: 25.5, P99: 51.2}, StateAge: Percentile{P50: 0.8, P99: 1.6},
		ChecksumsVerified: 3000, Desyncs: 1, Errors: 2,
		ServerCPU: &cpu, ServerRSS: &rss, GeneratorLate: true,
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant %s (-update writes it)\n%s", got, path, want)
	}
}

func TestTheFieldsOfAReportKeepTheirNames(t *testing.T) {
	text, err := json.MarshalIndent(example(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.json", append(text, '\n'))
}

func TestAReportForAPerson(t *testing.T) {
	var b bytes.Buffer
	if err := example().Write(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", b.Bytes())
}

func TestWhatIsUnknownOfAServerIsNull(t *testing.T) {
	text, err := json.Marshal(&Report{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(`"server_cpu_us_per_client_tick":null,"server_rss_kb_per_client":null`)) {
		t.Errorf("got %s", text)
	}
}

func TestAReportFailsForDesyncsFirst(t *testing.T) {
	for _, c := range []struct {
		report Report
		want   string
	}{
		{Report{Desyncs: 3, Errors: 4}, "3 states did not match their checksum"},
		{Report{Errors: 4}, "4 errors"},
		{Report{ChecksumsVerified: 1, GeneratorLate: true}, ""},
	} {
		if got := c.report.Failed(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.report, got, c.want)
		}
	}
}
