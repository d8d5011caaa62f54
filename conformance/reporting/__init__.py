"""A run made into something to read. Never runs a check, never opens a socket."""
