"""Real mounts for tests: a daemon on a temporary directory, the native filesystem beside it, and their comparison."""
