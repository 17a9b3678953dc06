"""Tactics: goals that the meaning of terms leaves open, led back to what the kernel can check.

A tactic takes a goal and settles it by steps of the kernel, refutes it by values of its leaves, or
leaves goals open from which it follows.  What a tactic says is not believed: the kernel replays the
steps, the emulator the values.
"""
