"""The programmer's model of an AArch64 core: registers, flags, memory regions, faults."""
