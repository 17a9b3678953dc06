"""`python -m isa`: prints what isa makes of all instruction words."""

from __future__ import annotations

from isa.account import account

print(f"{'words':>13} {'encodings':>9}  outcome")
for outcome, words, encodings, reason in account():
    counted = "" if encodings is None else encodings
    print(f"{words:13,} {counted:>9}  {outcome}: {reason}")
