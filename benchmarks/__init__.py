"""Benchmarks: how long closing a month takes, measured against a plain scan of its charge lines in the same run."""
