"""Cryptographic extension."""
