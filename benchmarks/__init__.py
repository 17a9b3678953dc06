"""Measurements, each against something else, in one run."""
