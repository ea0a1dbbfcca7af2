"""The forms of access, by who fills them."""
