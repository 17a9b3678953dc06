"""Advanced SIMD data processing."""
