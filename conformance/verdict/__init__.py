"""What can be said of a server: plain values, JSON in and out."""
