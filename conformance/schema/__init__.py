"""The published schema as an immutable model. Knows no server and no protocol."""
