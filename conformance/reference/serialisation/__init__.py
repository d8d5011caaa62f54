"""The formats that results travel in: one module each, bytes out."""
