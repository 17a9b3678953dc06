"""Advanced SIMD permute, extract and table lookup: elements move, none is computed."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.simd import vectors as v

Elements = list[Term]


def _interleave(n: Elements, m: Elements) -> Elements:
    return [x for pair in zip(n, m, strict=True) for x in pair]


_PERMUTE: dict[int, Callable[[Elements, Elements], Elements]] = {
    0b001: lambda n, m: (n + m)[0::2],  # UZP1
    0b010: lambda n, m: _interleave(n[0::2], m[0::2]),  # TRN1
    0b011: lambda n, m: _interleave(n, m)[: len(n)],  # ZIP1
    0b101: lambda n, m: (n + m)[1::2],  # UZP2
    0b110: lambda n, m: _interleave(n[1::2], m[1::2]),  # TRN2
    0b111: lambda n, m: _interleave(n, m)[len(n) :],  # ZIP2
}


@a64("0 Q 001110 size:2 0 Rm:5 0 opcode:3 10 Rn:5 Rd:5", section="Advanced SIMD permute")
def permute(cpu: State, Q: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int) -> None:
    if opcode not in _PERMUTE:
        raise Undefined("no instruction of the class has this opcode")
    n, m = [v.read(cpu, i, Q, 8 << size) for i in (Rn, Rm)]
    cpu.V[Rd, 128 if Q else 64] = cpu.builder.join(_PERMUTE[opcode](n, m))


@a64("0 Q 101110 00 0 Rm:5 0 imm4:4 0 Rn:5 Rd:5", section="Advanced SIMD extract")
def ext(cpu: State, Q: int, Rm: int, imm4: int, Rn: int, Rd: int) -> None:
    if imm4 >= 8 and not Q:
        raise Undefined("EXT starts beyond the first vector")
    b, datasize = cpu.builder, 128 if Q else 64
    both = b.concat(cpu.V[Rm, datasize], cpu.V[Rn, datasize])
    cpu.V[Rd, datasize] = both[8 * imm4 + datasize - 1 : 8 * imm4]


@a64("0 Q 001110 00 0 Rm:5 0 len:2 op 00 Rn:5 Rd:5", section="Advanced SIMD table lookup")
def table_lookup(cpu: State, Q: int, Rm: int, len: int, op: int, Rn: int, Rd: int) -> None:
    """TBL, and with `op` TBX, which keeps the byte where the index is beyond the table."""
    b, datasize = cpu.builder, 128 if Q else 64
    registers = [cpu.V[(Rn + i) % 32, 128] for i in range(len + 1)]
    table = [byte for register in registers for byte in b.split(register, 8)]
    indices = b.split(cpu.V[Rm, datasize], 8)
    others = b.split(cpu.V[Rd, datasize] if op else b.const(datasize, 0), 8)
    known = [value for byte in table if (value := byte.value) is not None]
    results = [_look_up(table, known, i, other) for i, other in zip(indices, others, strict=True)]
    cpu.V[Rd, datasize] = b.join(results)


def _look_up(table: Elements, known: list[int], index: Term, other: Term) -> Term:
    """table[index], or `other` beyond the table: a tree of choices by the bits of the index.

    Where all are literals, `known` those of the table, it is a table of all values of the index.
    """
    b, entries, bit = index.builder, table, 0
    if index.value is None and len(known) == len(table) and other.value is not None:
        return b.table(8, [*known, *[other.value] * (256 - len(table))], index)
    while len(entries) > 1:
        if len(entries) % 2:
            entries = [*entries, other]
        pairs = zip(entries[0::2], entries[1::2], strict=True)
        entries = [b.ite(index[bit], high, low) for low, high in pairs]
        bit += 1
    return b.ite(b.ult(index, b.const(8, len(table))), entries[0], other)
