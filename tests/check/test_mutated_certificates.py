"""Certificates, changed and written again: what is accepted is true, whatever was changed."""

from __future__ import annotations

import gc
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from armsym.binary.image import SLOT_SIZE, Image, Segment
from armsym.check.certificate import Certificate
from armsym.check.evidence import SOLVERS
from armsym.check.replay import check, recorded_image
from armsym.contract.find import find
from armsym.errors import ArmsymError
from armsym.kernel.theorem import Fulfils, Theorem
from armsym.prove.prover import prove
from crypto_specs import sha2
from crypto_specs.words import from_bytes, to_bytes
from tests.check import mutations, routine
from tests.check.forger import refuted_anew
from tests.check.mutations import Document, Mutation
from tests.check.trial import Call, Trial

# Changed certificates: of the small routine, and of SHA-256.
EVIDENCE, CODE, REFUTATIONS, BITS, SHA256 = 1000, 1000, 60, 16, 30

# Random calls of the code of each theorem that was accepted.
CALLS = 1000

# Solvers whose word is taken here, and must then be named.
WORDS = frozenset([f"{solver}'s word" for solver in SOLVERS])


def changed(certificate: Certificate, mutation: Mutation, seed: int) -> Certificate:
    """The certificate after the change, written and read."""
    document: Document = json.loads(json.dumps(asdict(certificate)))
    mutation(random.Random(seed), document)
    return Certificate.from_bytes(Certificate(**document).to_bytes())


def calls_of_the_routine() -> Iterator[Call]:
    """Calls of the small routine: x * x + 7, x < y, and x ^ y, for two bits x and a byte y."""
    source = random.Random("mixed")
    for number in range(CALLS):
        data = source.randbytes(2)
        x, y = data[0] & 3, data[1]
        buffers = {"out": source.randbytes(3), "in": data}
        yield Call(buffers, number & 1, bytes([x * x + 7, x < y, x ^ y]))


def calls_of_sha256() -> Iterator[Call]:
    """Calls with one block mostly, of any state."""
    source = random.Random("sha256")
    for _ in range(CALLS):
        blocks = source.choice((1, 1, 1, 1, 1, 1, 2, 3))
        state, data = source.randbytes(32), source.randbytes(64 * blocks)
        hashed = sha2.sha256_blocks(from_bytes(32, "little", state), from_bytes(32, "big", data))
        yield Call({"state": state, "in": data}, blocks, to_bytes("little", hashed))


class Court:
    """Holds accepted theorems against random calls on an emulator, each theorem once."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.tried: set[tuple[object, ...]] = set()
        self.verdicts: Counter[str] = Counter()

    def judge(self, certificate: Certificate, image: Image | None, check_spec: bool) -> None:
        """Checks a certificate; if it is accepted, its theorem must be true or name a solver."""
        spec = routine.SPEC if check_spec else None
        try:
            theorem = check(certificate, image, spec, trust=WORDS)
        except ArmsymError as error:
            assert error.code in ("certificate-refused", "missing-symbol"), error
            self.verdicts["refused"] += 1
            return
        self.verdicts["named" if theorem.rests_on else "accepted"] += 1
        self.hear(theorem, certificate, image or recorded_image(certificate))

    def hear(self, theorem: Theorem, certificate: Certificate, image: Image) -> None:
        """The theorem must hold of the image on random calls, unless it names a solver."""
        assert isinstance(theorem.conclusion, Fulfils)
        assert not theorem.hypotheses
        if theorem.rests_on:
            assert theorem.rests_on <= WORDS
            return
        case = (theorem.conclusion.statement, certificate.entry, *map(_contents, image.segments))
        if case not in self.tried:
            self.tried.add(case)
            assert self.trial.failing(image, certificate.entry) is None, certificate


def _contents(segment: Segment) -> tuple[object, ...]:
    """What of a segment a routine can see: of a slot, not the bytes below it."""
    data = bytearray(segment.data)
    for offset in segment.slots:
        data[offset : offset + SLOT_SIZE] = bytes(SLOT_SIZE)
    return segment.address, bytes(data), tuple(segment.slots.items())


@pytest.fixture(scope="module", autouse=True)
def seldom_collected() -> Iterator[None]:
    """A replay makes many objects that live as long as it does: to look at each once is enough."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(300_000)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return routine.certificate()


@pytest.fixture(scope="module")
def court() -> Court:
    return Court(Trial({"out": "w", "in": "r"}, 16, list(calls_of_the_routine())))


def test_the_routine_itself_is_accepted_and_true(certificate: Certificate, court: Court) -> None:
    court.judge(certificate, None, check_spec=True)
    assert court.verdicts == {"accepted": 1}


def test_changed_evidence(certificate: Certificate, court: Court) -> None:
    before = court.verdicts.copy()
    for seed in range(EVIDENCE):
        turn, kind = divmod(seed, len(mutations.ABOUT_EVIDENCE))
        mutation, image = mutations.ABOUT_EVIDENCE[kind], routine.image() if turn % 2 else None
        court.judge(changed(certificate, mutation, seed), image, check_spec=True)
    seen = court.verdicts - before
    assert seen.total() == EVIDENCE
    assert seen["refused"] > EVIDENCE / 2
    assert min(seen["named"], seen["accepted"]) > EVIDENCE / 100, seen


def test_changed_code(certificate: Certificate, court: Court) -> None:
    before = court.verdicts.copy()
    for seed in range(CODE):
        turn, kind = divmod(seed, len(mutations.ABOUT_CODE))
        mutation, image = mutations.ABOUT_CODE[kind], routine.image() if turn % 2 else None
        court.judge(changed(certificate, mutation, seed), image, check_spec=True)
    seen = court.verdicts - before
    assert seen.total() == CODE
    assert seen["refused"] > CODE / 2


def test_changed_refutations(certificate: Certificate, court: Court) -> None:
    before = court.verdicts.copy()
    for seed in range(REFUTATIONS):
        mutation = mutations.ABOUT_INTEGERS[seed % len(mutations.ABOUT_INTEGERS)]
        court.judge(changed(certificate, mutation, seed), None, check_spec=True)
    seen = court.verdicts - before
    assert seen.total() == REFUTATIONS
    assert seen["accepted"], seen


def test_changed_bits_of_the_code(certificate: Certificate, court: Court) -> None:
    """Some changes of an instruction keep what the routine does: then its theorem is another."""
    known = len(court.tried)
    for seed in range(BITS):
        mutant = changed(certificate, mutations.code_bit, seed)
        court.judge(mutant, None, check_spec=True)
        with pytest.raises(ArmsymError):
            check(mutant, routine.image(), routine.SPEC)
    assert len(court.tried) > known


def test_a_false_theorem_is_found(certificate: Certificate, court: Court) -> None:
    theorem = check(certificate, None, routine.SPEC)
    with pytest.raises(AssertionError):
        court.hear(theorem, certificate, routine.image().patched(routine.DATA, b"\x08"))


def test_a_solver_that_lies_is_named(certificate: Certificate) -> None:
    """The constant is 8 instead of 7; a lemma says that this makes no difference."""
    document: Document = json.loads(json.dumps(asdict(certificate)))
    document["code"][1][1] = "08"
    (seven,) = [o for o in document["operators"] if o == ["const", 32, 7]]
    seven[2] = 8
    with pytest.raises(ArmsymError, match="table"):
        check(Certificate(**document), None, routine.SPEC)
    document["lemmas"][0].update(by="trusted", whose="z3")
    lying = Certificate(**document)
    with pytest.raises(ArmsymError, match="rests on z3's word"):
        check(lying, None, routine.SPEC)
    assert check(lying, None, routine.SPEC, trust=WORDS).rests_on == {"z3's word"}


def test_changed_certificates_of_sha256(aws_lc: Image) -> None:
    (proof,) = find(["sha256_block_data_order_hw"])
    good = prove(proof, aws_lc, proof.name).certificate
    assert good is not None
    court = Court(Trial({"state": "rw", "in": "r"}, 4096, list(calls_of_sha256())))
    about_loops = (*mutations.ABOUT_LOOPS, *mutations.ABOUT_INTEGERS)
    kinds = (mutations.code_bit, *mutations.ABOUT_CODE, *about_loops)
    for seed in range(SHA256):
        mutation = kinds[seed % len(kinds)]
        forged, binary = changed(good, mutation, seed), aws_lc if seed % 2 else None
        if mutation in mutations.ABOUT_LOOPS:
            forged = refuted_anew(forged, binary)
        court.judge(forged, binary, check_spec=False)
    assert court.verdicts["refused"] > SHA256 / 2
    assert court.tried
