"""The demo region: its people, its doors, its mailbox. Never in production."""
