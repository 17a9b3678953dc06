"""The A64 instruction set: one clause per encoding class of the Arm manual.

Folders group the classes as the manual does, one module a class or a few close ones.  Importing
this package registers every clause.
"""

import importlib
import pkgutil

from isa.decode import Instruction, decode
from isa.encoding import CLAUSES, Clause

__all__ = ["CLAUSES", "Clause", "Instruction", "decode"]

for _module in pkgutil.walk_packages(__path__, "isa."):
    if _module.name != "isa.__main__":
        importlib.import_module(_module.name)
