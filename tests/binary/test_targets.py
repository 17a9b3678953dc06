"""The real targets: the pinned AWS-LC, and Debian's libcrypto.a if ARMSYM_LIBCRYPTO_A names one.

It is in the package `libssl-dev:arm64`.  pyelftools reads AWS-LC too, as a second opinion.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from armsym.binary import archive
from armsym.binary.disassemble import extent, text
from armsym.binary.image import Address, Image
from armsym.binary.open import load, open_image
from armsym.binary.wheel import fetch
from armsym.errors import ArmsymError


@pytest.fixture(scope="module")
def libcrypto() -> Path:
    path = os.environ.get("ARMSYM_LIBCRYPTO_A", "")
    if not path:
        pytest.skip("ARMSYM_LIBCRYPTO_A names no libcrypto.a for arm64")
    return Path(path)


def test_the_sha512_routine_of_aws_lc(aws_lc: Image) -> None:
    symbol = aws_lc.symbol("sha512_block_data_order_hw")
    assert (symbol.size, symbol.kind, symbol.section) == (2016, "func", ".text")
    assert text(aws_lc.word(symbol.address), 0) == "stp x29, x30, [sp, #-0x10]!"
    assert aws_lc.path == "aws-lc"


def test_the_routines_of_aws_lc_that_have_no_size(aws_lc: Image) -> None:
    md5 = aws_lc.symbol("md5_block_asm_data_order")
    xts = aws_lc.symbol("aes_hw_xts_encrypt")
    label = aws_lc.symbol(".composite_enc_loop")
    assert (md5.size, xts.size, label.size) == (0, 0, 0)
    assert (md5.kind, xts.kind, label.kind) == ("func", "notype", "notype")
    start, end = extent(aws_lc, xts)
    assert start < label.address < end


def test_what_is_constant_in_aws_lc(aws_lc: Image) -> None:
    code, relro, data = aws_lc.segments
    assert (code.constant, relro.constant, data.constant) == (True, True, False)
    assert relro.end == data.address == 0x550000
    assert not code.slots


def test_pyelftools_sees_the_same_symbols_and_relocations(aws_lc: Image) -> None:
    with fetch("aws-lc").open("rb") as stream:
        file: Any = ELFFile(stream)
        table = file.get_section_by_name(".symtab")
        theirs = {
            (s.name, s["st_value"], s["st_size"])
            for s in table.iter_symbols()
            if s.name and isinstance(s["st_shndx"], int) and s["st_info"]["type"] != "STT_TLS"
            if s["st_info"]["type"] not in ("STT_SECTION", "STT_FILE")
        }
        names = (".rela.dyn", ".rela.plt")
        relocations = [r for n in names for r in file.get_section_by_name(n).iter_relocations()]
    assert {(s.name, s.address, s.size) for s in aws_lc.symbols} == theirs
    slots = {s.address + o: a for s in aws_lc.segments for o, a in s.slots.items()}
    descriptors = sum(r["r_info_type"] == 1031 for r in relocations)
    assert len(slots) == len(relocations) + descriptors
    relative = [r for r in relocations if r["r_info_type"] == 1027]
    assert all(slots[r["r_offset"]] == Address(None, r["r_addend"]) for r in relative)


def test_every_member_of_libcrypto_opens(libcrypto: Path) -> None:
    refused = []
    for name, data in archive.members("libcrypto.a", libcrypto.read_bytes()):
        try:
            load(name, data)
        except ArmsymError as error:
            refused.append((name, error.message))
    assert all("against getentropy: the symbol is weak" in message for _, message in refused)


def test_an_entry_point_of_openssl_loads_an_undefined_symbol(libcrypto: Path) -> None:
    image = open_image(str(libcrypto), "sha512_block_data_order")
    assert image.path.endswith(":libcrypto-lib-sha512-armv8.o")
    address = image.externals["OPENSSL_armcap_P"]
    entry = image.symbol("sha512_block_data_order")
    assert text(image.word(entry.address), entry.address) == f"adrp x16, #{address:#x}"
