"""``make bench``: how fast the addon is, and how much memory it takes."""
