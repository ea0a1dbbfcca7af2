"""What is kept of whom, who looked at it, what a person may take away, and what is deleted when."""
