package sim

import (
	"strings"
	"testing"
)

// handSchema has a kind for all to see and two that are private.
var handSchema = &Schema{Name: "cards", Kinds: []Kind{
	{Name: "Hand", Fields: []Field{{Name: "card", Bits: 8, Step: Scale}}, Position: [2]int{-1, -1}, Private: true},
	{Name: "Table", Fields: []Field{{Name: "card", Bits: 8, Step: Scale}}, Position: [2]int{-1, -1}},
	{Name: "Plan", Fields: []Field{{Name: "next", Bits: 4, Step: Scale}}, Position: [2]int{-1, -1}, Private: true},
}}

func TestWhatIsPrivateIsNeitherInTheChecksumNorInWhatIsTheSame(t *testing.T) {
	deal := func(hand, table uint32) *Snapshot {
		s := NewSnapshot(handSchema)
		s.RowFor(0, 7, PlayerID(7).Alone())[0] = hand
		s.Row(1, 1)[0] = table
		return s
	}
	one, other := deal(1, 5), deal(2, 5)
	if !one.Same(other) || one.Checksum() != other.Checksum() {
		t.Error("two hands make two states for everybody")
	}
	if more := deal(1, 6); one.Same(more) || one.Checksum() == more.Checksum() {
		t.Error("two tables make one state")
	}
}

func TestAPrivateRowNeedsItsAudienceAndAPublicOneHasNone(t *testing.T) {
	for name, add := range map[string]func(*Snapshot){
		"a private row for everybody":     func(s *Snapshot) { s.Row(0, 1) },
		"a public row for a player alone": func(s *Snapshot) { s.RowFor(1, 1, PlayerID(1).Alone()) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it does not panic")
				}
			}()
			add(NewSnapshot(handSchema))
		})
	}
}

func TestNoPlayerIsATeam(t *testing.T) {
	if PlayerID(3).Alone() == Team(3).Together() || PlayerID(0).Alone() == Team(0).Together() {
		t.Error("a player gets what is for a team")
	}
}

func TestTheSchemaOfWhatIsPrivateHasThoseKindsAlone(t *testing.T) {
	p := handSchema.Private()
	if len(p.Kinds) != 2 || p.Kinds[0].Name != "Hand" || p.Kinds[1].Name != "Plan" || p.Kinds[0].Private {
		t.Errorf("it is %+v", p)
	}
	if pairSchema.Private() != nil {
		t.Error("a schema without private kinds has one")
	}
	if handSchema.Kinds[0].Private != true {
		t.Error("the schema itself has changed")
	}
	open := *handSchema
	open.Kinds = append([]Kind(nil), handSchema.Kinds...)
	open.Kinds[0].Private = false
	if open.Hash() == handSchema.Hash() {
		t.Error("the hash does not tell what is private")
	}
}

func TestASchemaWithNothingForEverybodyIsRefused(t *testing.T) {
	hidden := &Schema{Name: "cards", Kinds: handSchema.Kinds[:1]}
	if err := hidden.Validate(); err == nil || !strings.Contains(err.Error(), "private kinds alone") {
		t.Errorf("it says %v", err)
	}
}
