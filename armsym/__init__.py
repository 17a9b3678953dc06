"""armsym proves that AArch64 machine code computes what the cipher standards say."""

__version__ = "0.1.0"
