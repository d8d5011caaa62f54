"""What a server owes, as data: the catalogue (one TOML file an area) and its reader."""
