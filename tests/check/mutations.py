"""Changes to a certificate, such as somebody makes who wants a false theorem to be accepted."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from armsym.bv.term import OPERATORS

# Changes, in place, the fields of a certificate as they are in the file.
Document = dict[str, Any]
Mutation = Callable[[random.Random, Document], None]


def code_bit(source: random.Random, d: Document) -> None:
    (piece,) = source.choices(d["code"], [len(piece[1]) for piece in d["code"]])
    data = bytearray.fromhex(piece[1])
    data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    piece[1] = data.hex()


def code_piece(source: random.Random, d: Document) -> None:
    """A piece is lost, moved, cut, or said to be executed or not."""
    number = source.randrange(len(d["code"]))
    piece = d["code"][number]
    how = source.randrange(4)
    if how == 0:
        del d["code"][number]
    elif how == 1:
        piece[0] += source.choice((-4, 1, 4, 4096))
    elif how == 2:
        piece[1] = piece[1][: 2 * source.randrange(len(piece[1]) // 2)]
    else:
        piece[2] = not piece[2]


def slot(source: random.Random, d: Document) -> None:
    chosen = source.choice(d["slots"] or [[0, None, 0]])
    where = source.randrange(3)
    chosen[where] = "x" if where == 1 else chosen[where] + source.choice((-8, -1, 1, 8))


def entry(source: random.Random, d: Document) -> None:
    d["entry"] += source.choice((-4, 2, 4, 8, 4096))


def steps(source: random.Random, d: Document) -> None:
    d["steps"] += source.choice((-100, -1, 1, 100))


def name(source: random.Random, d: Document) -> None:
    field = source.choice(("contract", "symbol"))
    d[field] = source.choice((d[field][:-1], d[field] + "x", "twin", "sha512_block_data_order_hw"))


def statement(source: random.Random, d: Document) -> None:
    """A word of the theorem is lost, doubled or another."""
    words = d["statement"].split(" ")
    number = source.randrange(len(words))
    words[number : number + 1] = source.choice(([], words[number : number + 1] * 2, ["nothing"]))
    d["statement"] = " ".join(words)


def node(source: random.Random, d: Document) -> None:
    """A node becomes another one, wherever it is used."""
    nodes = d["nodes"]
    number = source.randrange(len(nodes))
    chosen = nodes[number]
    how = source.randrange(4)
    if how == 0:
        chosen[0] = source.randrange(len(d["operators"]))
    elif how == 1 and number:
        nodes[number] = source.choice(nodes[:number])
    elif how == 2 and chosen[1:]:
        chosen[source.randrange(1, len(chosen))] = source.randrange(-1, len(nodes))
    else:
        chosen[1:] = reversed(chosen[1:])


def operator(source: random.Random, d: Document) -> None:
    """An operator becomes another one, or has another parameter, in all nodes that have it."""
    chosen = source.choice(d["operators"])
    number = source.randrange(len(chosen))
    if number == 0:
        chosen[0] = source.choice(OPERATORS).name
    elif isinstance(chosen[number], int):  # a width, a literal, a place
        chosen[number] += source.choice((-8, -1, 1, 8))
    else:
        chosen[number] = source.choice("xyz")


def root(source: random.Random, d: Document) -> None:
    """Another term is meant, or two change places."""
    roots = source.choice([holder["roots"] for holder in (*d["lemmas"], *d["loops"])])
    how = source.randrange(4)
    number = source.randrange(len(roots))
    if how == 0:
        roots.reverse()
    elif how == 1:
        del roots[number]
    else:
        roots[number] = source.randrange(-1, len(d["nodes"]) + 1)


def both_roots(source: random.Random, d: Document) -> None:
    """A lemma becomes trivial."""
    lemma = source.choice(d["lemmas"])
    lemma["roots"] = [source.choice(lemma["roots"])] * 2


def rule(source: random.Random, d: Document) -> None:
    """A lemma is shown by another rule, or on a solver's word."""
    rules = {"meaning": 0, "table": 0, "clausal": 0, "trusted": 0, "assume": 0, "split": 2}
    by = source.choice(list(rules))
    source.choice(d["lemmas"]).update(by=by, whose="z3", of=[0] * rules[by])


def word(source: random.Random, d: Document) -> None:
    """A lemma, or what is made of it, rests on somebody's word."""
    if source.random() < 0.5:
        node(source, d)
    source.choice(d["lemmas"]).update(by="trusted", whose=source.choice(("z3", "cvc5", "me")))


def proof(source: random.Random, d: Document) -> None:
    """A line of a clausal proof is lost, doubled, moved, or has another number in it."""
    lemma = next(lemma for lemma in d["lemmas"] if "proof" in lemma)
    lines = lemma["proof"].splitlines()
    number = source.randrange(len(lines))
    how = source.randrange(4)
    if how == 0:
        del lines[number]
    elif how == 1:
        lines.insert(source.randrange(len(lines)), lines[number])
    elif how == 2:
        lines[number:] = [*lines[number + 1 :], lines[number]]
    else:
        numbers = lines[number].split()
        place = source.randrange(len(numbers))
        numbers[place] = str(source.choice((0, 1, -1, source.randrange(-100, 100))))
        lines[number] = " ".join(numbers)
    lemma["proof"] = "\n".join(lines)


def hypothesis(source: random.Random, d: Document) -> None:
    """A goal is shown by what is assumed: that it holds."""
    use = source.choice(d["uses"])
    lemmas = d["lemmas"]
    instance = lemmas[use[1]]
    d["operators"].append(["="])
    d["nodes"].append([len(d["operators"]) - 1, *lemmas[instance["of"][0]]["roots"]])
    assumed = {"by": "assume", "roots": [len(d["nodes"]) - 1]}
    lemmas += [assumed, {"by": "symmetry", "of": [len(lemmas)]}]
    lemmas.append({**instance, "of": [len(lemmas) - source.choice((1, 2))]})
    use[1] = len(lemmas) - 1


def use(source: random.Random, d: Document) -> None:
    """A use is lost, doubled, or of another lemma or goal."""
    number = source.randrange(len(d["uses"]))
    how = source.randrange(4)
    if how == 0:
        del d["uses"][number]
    elif how == 1:
        d["uses"].append([source.randrange(50), *d["uses"][number][1:]])
    elif how == 2:
        d["uses"][number][0] += source.choice((-1, 1, 23))
    else:
        d["uses"][number][1] = source.randrange(-1, len(d["lemmas"]) + 1)


def instance(source: random.Random, d: Document) -> None:
    """An instance is of another lemma, or of other variables, or fewer."""
    chosen = source.choice([lemma for lemma in d["lemmas"] if lemma["by"] == "instance"])
    middle = len(chosen["roots"]) // 2
    number = source.randrange(middle)
    how = source.randrange(3)
    if how == 0:
        chosen["of"][0] = source.randrange(-1, len(d["lemmas"]))
    elif how == 1:
        chosen["roots"][number] = source.randrange(len(d["nodes"]))
    else:
        del chosen["roots"][number + middle], chosen["roots"][number]


def place(source: random.Random, d: Document) -> None:
    """An invariant is about another place."""
    chosen = source.choice(source.choice(d["loops"])["places"])
    if source.random() < 0.5:
        chosen[0] = source.choice(("x", "v", "stack", "state", "in"))
    else:
        chosen[source.randrange(1, 3)] += source.choice((-8, -1, 1, 8))


def loop(source: random.Random, d: Document) -> None:
    """A loop is elsewhere, takes other steps, or ends for another reason, or none."""
    chosen = source.choice(d["loops"])
    how = source.randrange(4)
    if how == 0:
        chosen[source.choice(("head", "turn"))] += source.choice((-4, -1, 1, 4))
    elif how == 1:
        del chosen["facts"][source.randrange(len(chosen["facts"]))]
    elif how == 2:
        chosen["variant"] = [1 << 64, [["spec.done", source.choice((-1, 1))]]]
    else:
        source.choice([*chosen["facts"], chosen["variant"]])[0] += source.choice((-1, 1))


def refutation(source: random.Random, d: Document) -> None:
    """A refutation is lost, doubled or another's; or a sum of one is."""
    every = d["refutations"]
    number = source.choice([n for n, entry in enumerate(every) if entry])
    how = source.randrange(5)
    if how == 0:
        every[number] = None
    elif how == 1:
        del every[number]
    elif how == 2:
        every.insert(source.randrange(len(every)), every[number])
    else:
        other = source.choice(list(filter(_steps, every)))
        every[number] = [source.sample(step, len(step) - how % 2) for step in other]


def _steps(entry: Any) -> bool:
    """Whether it is a refutation, not bounds."""
    return bool(entry) and isinstance(entry[0], list)


def summand(source: random.Random, d: Document) -> None:
    """A sum is of another inequality, or has one more or less often."""
    steps = source.choice(list(filter(_steps, d["refutations"])))
    pair = source.choice(source.choice(steps))
    pair[source.randrange(2)] += source.choice((-2, -1, 1, 2))


ABOUT_CODE: tuple[Mutation, ...] = (code_piece, slot, entry, steps, name, statement)
ABOUT_EVIDENCE: tuple[Mutation, ...] = (
    *(node, operator, root, both_roots, rule, word, proof, hypothesis, use, instance),
)
ABOUT_LOOPS: tuple[Mutation, ...] = (node, operator, root, place, loop, loop)
ABOUT_INTEGERS: tuple[Mutation, ...] = (refutation, refutation, summand)
