"""A tiled Merkle log in the C2SP formats: pure formats and tree arithmetic, one writer, one reader."""
