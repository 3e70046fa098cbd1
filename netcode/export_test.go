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

func (s *Server) find(player string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	for session := range s.sessions {
		if session.admission.Player == player {
			return session
		}
	}
	return nil
}
