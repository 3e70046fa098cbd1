package rules

// group is the tickets that a seed has gathered so far. All of them are of one class and take one region.
type group struct {
	members []int32 // ranks, the seed first
	players int
	oldest  float64   // the longest waiting, seconds
	regions uint32    // that all of them take
	parties []int     // sizes above 1, descending
	shares  []uint64  // values that all of them name, for each of Mode.Share
	least   []float64 // for each of Mode.Distance
	most    []float64
	limits  []float64 // of most minus least, as the seed's waiting has widened them
}

// start begins anew with the seed alone.
func (g *group) start(m *Matcher, seed int32) {
	e := &m.pool.entries[seed]
	g.members = append(g.members[:0], seed)
	g.players, g.oldest, g.regions = int(e.players), e.wait, e.regions
	g.parties = g.parties[:0]
	if e.players > 1 {
		g.parties = append(g.parties, int(e.players))
	}
	nShare, nDistance := len(m.mode.Share), len(m.mode.Distance)
	g.shares = append(g.shares[:0], m.pool.shares[int(e.at)*nShare:][:nShare]...)
	values := m.pool.distance[int(e.at)*nDistance:][:nDistance]
	g.least, g.most = append(g.least[:0], values...), append(g.most[:0], values...)
	g.limits = g.limits[:0]
	for i := range m.mode.Distance {
		g.limits = append(g.limits, m.mode.Distance[i].At(e.wait))
	}
}

// add takes the candidate in if the whole can still be dealt out to teams and keeps to Share, and to Distance unless that is lifted.
func (g *group) add(m *Matcher, candidate int32, lifted bool) bool {
	e := &m.pool.entries[candidate]
	if g.players+int(e.players) > m.players || !g.shared(m, e) || !(lifted || g.near(m, e)) {
		return false
	}
	if e.players > 1 && !g.addParty(m, int(e.players)) {
		return false
	}
	g.members = append(g.members, candidate)
	g.players += int(e.players)
	g.oldest = max(g.oldest, e.wait)
	g.regions &= e.regions
	row := m.pool.shares[int(e.at)*len(g.shares):]
	for i := range g.shares {
		g.shares[i] &= row[i]
	}
	values := m.pool.distance[int(e.at)*len(g.least):]
	for i := range g.least {
		g.least[i], g.most[i] = min(g.least[i], values[i]), max(g.most[i], values[i])
	}
	return true
}

// shared reports whether the group and e have a value in common for each of Mode.Share.
func (g *group) shared(m *Matcher, e *entry) bool {
	row := m.pool.shares[int(e.at)*len(g.shares):]
	for i := range g.shares {
		if g.shares[i]&row[i] == 0 {
			return false
		}
	}
	return true
}

// near reports whether e keeps the group within each of Mode.Distance.
func (g *group) near(m *Matcher, e *entry) bool {
	values := m.pool.distance[int(e.at)*len(g.least):]
	for i := range g.least {
		if max(g.most[i], values[i])-min(g.least[i], values[i]) > g.limits[i] {
			return false
		}
	}
	return true
}

// addParty notes a party if there is a way to deal it out with the others. Single players fill any gap, so only parties count.
func (g *group) addParty(m *Matcher, size int) bool {
	at := len(g.parties)
	for at > 0 && g.parties[at-1] < size {
		at--
	}
	g.parties = append(g.parties, 0)
	copy(g.parties[at+1:], g.parties[at:])
	g.parties[at] = size
	if m.teams.packs(g.parties) {
		return true
	}
	copy(g.parties[at:], g.parties[at+1:])
	g.parties = g.parties[:len(g.parties)-1]
	return false
}
