"""Lockstep: whole routines on isa beside an oracle, compared as they go."""
