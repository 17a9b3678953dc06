"""Random mutants of the SHA-2 block functions are refuted, and hardly ever anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from armsym.binary.disassemble import text
from armsym.binary.image import Image
from armsym.contract.load import find
from armsym.prove.mutate import Mutant, mutants
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict

ROUTINES = [
    f"sha{size}_block_data_order_{version}" for size in (256, 512) for version in ("hw", "nohw")
]
SEED = 1
CHUNK = 20
CHUNKS = 2

# Mutants that prove, and why they should: by routine, address and new word.  10^5 random calls on
# Unicorn ended alike for each of them and the routine.
NEXT_BLOCK = "it loads a part of the next block, of which there is none"
EQUIVALENT = {
    ("sha512_block_data_order_hw", 0x28971C, "nop"): NEXT_BLOCK,
    ("sha512_block_data_order_hw", 0x2896C4, "nop"): NEXT_BLOCK,
}

Proved = Callable[[str], Result]


def sample(proved: Proved, routine: str) -> list[Mutant]:
    """The mutants of a routine, the same in every run."""
    certificate = proved(routine).certificate
    assert certificate is not None
    return list(islice(mutants(certificate.code, SEED), CHUNK * CHUNKS))


def name(routine: str, mutant: Mutant) -> tuple[str, int, str]:
    """What a mutant is called in EQUIVALENT: by its new instruction, or the byte of a constant."""
    word = int.from_bytes(mutant.new, "little")
    shown = mutant.new.hex() if mutant.kind == "constant" else text(word, mutant.address)
    return routine, mutant.address, shown


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("routine", ROUTINES)
def test_no_mutant_proves(proved: Proved, aws_lc: Image, routine: str, chunk: int) -> None:
    (proof,) = find([routine])
    verdicts: Counter[Verdict] = Counter()
    for mutant in sample(proved, routine)[chunk * CHUNK :][:CHUNK]:
        result = prove(proof, mutant.apply(aws_lc), routine, solver_seconds=1.0)
        verdicts[result.verdict] += 1
        if result.verdict is Verdict.PROVED:
            assert name(routine, mutant) in EQUIVALENT
        elif result.verdict is Verdict.REFUTED:
            assert result.counterexample is not None
        else:
            assert result.verdict in (Verdict.UNKNOWN, Verdict.UNMODELLED)
            assert result.reason
    assert verdicts[Verdict.REFUTED] >= 0.9 * CHUNK, verdicts


@pytest.mark.parametrize("routine", sorted({routine for routine, _, _ in EQUIVALENT}))
def test_equivalent_mutants_run_alike(proved: Proved, aws_lc: Image, routine: str) -> None:
    """Each of them is among the mutants still, and meets the contract on random calls."""
    excused = [m for m in sample(proved, routine) if name(routine, m) in EQUIVALENT]
    assert len(excused) == sum(1 for which, _, _ in EQUIVALENT if which == routine)
    (proof,) = find([routine])
    for mutant in excused:
        image = mutant.apply(aws_lc)
        refuter = Refuter(proof.contract(), image, image.symbol(routine).address)
        assert refuter.search(calls=20, tries=20) is None
