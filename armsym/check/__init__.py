"""The certificate checker: replays a proof over the kernel's terms; no prover, no solver."""
