package netcode

// Ready tells that nothing is on its way to a seated player, so that the next
// state will not be skipped. player is Admission.Player.
func (s *Server) Ready(player string) bool {
	session := s.find(player)
	if session == nil {
		return false
	}
	if l, ok := session.link.(*looped); ok {
		return l.free()
	}
	return session.writing.Load() == 0
}

// Looped tells that the player's link is looped.
func (s *Server) Looped(player string) bool {
	session := s.find(player)
	if session == nil {
		return false
	}
	_, ok := session.link.(*looped)
	return ok
}

// Writing tells that a message waits for the player's socket.
func (s *Server) Writing(player string) bool {
	session := s.find(player)
	return session != nil && session.writing.Load() != 0
}

// find returns the player's line, nil where there is none that lives.
func (s *Server) find(player string) *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.lines {
		if l.admission.Player == player && l.bye.Load() == nil {
			return l
		}
	}
	return nil
}
