"""Devices lent from the emergency pool, and how one has them back: until when, reminders, who is late, the return."""
