"""Scripts for a stepping session: one command a line, `#` starts a comment.

step [N]                          execute instructions
until PLACE                       execute until PC is at 0x..., SYMBOL or SYMBOL+OFFSET
branch taken | not-taken          go on behind a branch that forks
back [N]                          take instructions back
regs [NAME]...                    show registers: by default the general ones and the flags
mem REGION [OFFSET [COUNT]]       show COUNT bytes, 64 unless told
mem REGISTER[+OFFSET] [COUNT]     the same, where a register points to
print REGISTER | #NUMBER [DEPTH]  show one term, or an abbreviated part of one, in full depth
facts                             show what holds on this path
region NAME REGISTER SIZE [rw]    a register points to SIZE unknown bytes, read-only or not
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from armsym.bv.term import Term
from armsym.errors import ArmsymError
from armsym.simulate.session import REGISTERS, Session

STEP_LIMIT = 100_000  # of one `until`: every state on the way is kept
WORD = 8  # bytes of memory in one value


@dataclass(frozen=True)
class Value:
    """Something to show: `depth` is how deep, or None for as deep as is readable."""

    name: str
    term: Term
    depth: int | None = None


@dataclass(frozen=True)
class Event:
    """What one command, or one instruction of it, has led to.

    `address` (counted from the image's base) and `instruction` are those of PC, or for an executed
    instruction its own.  `complete` is false if the command could not do all that it was told.
    """

    line: int
    command: str
    steps: int
    address: int | None
    instruction: str
    values: tuple[Value, ...] = ()
    note: str = ""
    complete: bool = True


def run_script(session: Session, script: str) -> Iterator[Event]:
    """Runs the commands of a script.  Raises ArmsymError `bad-script` with the line."""
    for number, line in enumerate(script.splitlines(), 1):
        command = re.sub(r"#(?!\d).*", "", line).strip()  # `#12` names a term
        if not command:
            continue
        try:
            yield from _Command(session, number, command).events()
        except ArmsymError as error:
            raise ArmsymError(
                "bad-script", f"line {number}: {error.message}", error.hint
            ) from error


class _Command:
    """One line of a script."""

    def __init__(self, session: Session, line: int, text: str) -> None:
        self.session = session
        self.line = line
        self.text = text
        self.verb, *self.words = text.split()

    def events(self) -> Iterator[Event]:
        if self.verb not in _COMMANDS:
            known = ", ".join(_COMMANDS)
            raise ArmsymError("bad-script", f"unknown command {self.verb}", f"commands: {known}")
        perform, least, most = _COMMANDS[self.verb]
        if not least <= len(self.words) <= most:
            raise self._wrong(f"{self.verb} takes {least} to {most} arguments")
        yield from perform(self)

    def step(self) -> Iterator[Event]:
        count = self._number(0, 1)
        goal = self.session.steps + count
        for _ in range(count):
            before, address = self.session.state, self.session.address
            instruction = self.session.instruction()
            if not self.session.step():
                break
            changed = tuple([Value(c.place, c.after) for c in self.session.changes(before)])
            steps = self.session.steps
            yield Event(self.line, self.text, steps, address, instruction, changed)
        if status := self._status():
            done = self.session.returned or self.session.steps == goal
            yield self._here((), status, complete=done)

    def until(self) -> Iterator[Event]:
        before = self.session.state
        reached = self.session.until(self._place(self.words[0]), STEP_LIMIT)
        changed = [Value(c.place, c.after) for c in self.session.changes(before)]
        status = self._status()
        if not (reached or status):
            status = f"not there after {STEP_LIMIT:,} instructions"
        yield self._here(changed, status, complete=reached)

    def branch(self) -> Iterator[Event]:
        ways = {"taken": True, "not-taken": False}
        if self.words[0] not in ways:
            raise self._wrong("a branch is taken or not-taken")
        self.session.choose(ways[self.words[0]])
        yield self._here([Value("fact", self.session.state.facts[-1])])

    def back(self) -> Iterator[Event]:
        self.session.back(self._number(0, 1))
        yield self._here()

    def registers(self) -> Iterator[Event]:
        names = self.words or [n for n in REGISTERS if not n.startswith("v") or n == "v"]
        yield self._here([Value(name, self.session.register(name)) for name in names])

    def memory(self) -> Iterator[Event]:
        region, offset, given = self.session.region(self.words[0]), self._number(1, 0), 2
        if region is None:
            region, offset = self.session.locate(self._address(self.words[0]))
            given = 1
        count = self._number(given, max(1, min(64, region.known_size - offset)))
        self.session.memory(region, offset, count)
        pieces = [(o, min(WORD, offset + count - o)) for o in range(offset, offset + count, WORD)]
        yield self._here(
            [Value(f"{region.name}+{o:#x}", self.session.memory(region, o, n)) for o, n in pieces]
        )

    def print(self) -> Iterator[Event]:
        name = self.words[0]
        depth = self._number(1, 0) if len(self.words) > 1 else None
        if not name.startswith("#"):
            yield self._here([Value(name, self.session.register(name), depth)])
            return
        term = self.session.term(_integer(name[1:]))
        if term is None:
            raise self._wrong(f"no term {name} is in a register, in memory or among the facts")
        yield self._here([Value(name, term, depth)])

    def facts(self) -> Iterator[Event]:
        yield self._here([Value("fact", fact) for fact in self.session.state.facts])

    def region(self) -> Iterator[Event]:
        name, register, _, *access = self.words
        size = self._number(2, 0)
        self.session.map_region(name, register, size, access[0] if access else "r")
        yield self._here()

    def _here(self, values: Sequence[Value] = (), note: str = "", complete: bool = True) -> Event:
        """The event of being where the session is now."""
        s = self.session
        return Event(
            self.line, self.text, s.steps, s.address, s.instruction(), tuple(values), note, complete
        )

    def _status(self) -> str:
        """Why the session does not go on by itself from here, or ""."""
        s = self.session
        if s.choices:
            return f"forks on {s.choices[0].facts[-1]!r}: `branch taken` or `branch not-taken`"
        return "returned" if s.returned else s.stop

    def _number(self, index: int, default: int) -> int:
        return _integer(self.words[index]) if index < len(self.words) else default

    def _place(self, text: str) -> int:
        """An address in the image: a number, a symbol, or a symbol and an offset."""
        if text[0].isdigit():
            return _integer(text)
        name, _, offset = text.partition("+")
        return self.session.image.symbol(name).address + (_integer(offset) if offset else 0)

    def _address(self, text: str) -> Term:
        """An address in a register, plus or minus an offset."""
        match = re.fullmatch(r"(\w+)(?:([+-])(\w+))?", text)
        if match is None:
            raise self._wrong(f"{text} is neither a region nor REGISTER+OFFSET")
        name, sign, offset = match.groups()
        base = self.session.pointer(name)
        distance = _integer(offset) if offset else 0
        return base - distance if sign == "-" else base + distance

    def _wrong(self, message: str) -> ArmsymError:
        return ArmsymError("bad-script", message)


def _integer(text: str) -> int:
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if value < 0:
        raise ArmsymError("bad-script", f"{text!r} is not a number")
    return value


# verb: (what performs it, the least and the greatest number of arguments)
_COMMANDS: dict[str, tuple[Callable[[_Command], Iterator[Event]], int, int]] = {
    "step": (_Command.step, 0, 1),
    "until": (_Command.until, 1, 1),
    "branch": (_Command.branch, 1, 1),
    "back": (_Command.back, 0, 1),
    "regs": (_Command.registers, 0, len(REGISTERS)),
    "mem": (_Command.memory, 1, 3),
    "print": (_Command.print, 1, 2),
    "facts": (_Command.facts, 0, 0),
    "region": (_Command.region, 3, 4),
}
