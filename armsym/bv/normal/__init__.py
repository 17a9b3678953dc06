"""The fast normalising builder: equal words tend to become the same term.

It is untrusted: what it identifies guides the search, and the kernel proves it again.  The normal
forms are bitwise words (`bitwise`), sums (`linear`) and lanes (`lanes`); what belongs to none of
them is a rule (`rules`).
"""

from armsym.bv.normal.builder import NormalBuilder

__all__ = ["NormalBuilder"]
