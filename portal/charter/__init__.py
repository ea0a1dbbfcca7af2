"""The charter: its text, what was shown, who signed, and the seal that shows any later change."""
