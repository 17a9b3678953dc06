"""The audited laws as equations for other solvers."""

from __future__ import annotations

from collections.abc import Iterator

from armsym.audit.law import Leaves
from armsym.audit.run import FORMS
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import rebuild
from armsym.bv.normal import NormalBuilder
from armsym.prove.export import Claim


def laws() -> Iterator[Claim]:
    """Of each law, at each width, that its spellings equal their normal form."""
    for form, listed in FORMS.items():
        for law in listed:
            for width in law.widths:
                raw = RawBuilder()
                given = Leaves(raw, width)
                for number, spelling in enumerate(law.spellings):
                    spelled = spelling(given)
                    (normal,) = rebuild(rebuild([spelled], NormalBuilder()), raw)
                    yield Claim(f"{form} {law.name} {number} at {width} bits", spelled, normal)
