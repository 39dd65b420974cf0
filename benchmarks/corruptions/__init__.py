"""What `benchmarks.fuzz` and `benchmarks.kills` are made of: a small hospital, ways to corrupt it, and an oracle."""
