"""Messages to people: what is said, by which channel, and whether it arrived."""
