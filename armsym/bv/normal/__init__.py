"""The normalising builder: fast, untrusted, for search and interaction."""
