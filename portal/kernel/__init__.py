"""What the portal knows without any framework: states, events, time, values."""
