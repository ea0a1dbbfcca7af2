"""How families come in without any account: letters with a code, and the accounts opened from the roster."""
