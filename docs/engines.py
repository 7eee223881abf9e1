#!/usr/bin/env python3
"""Writes the table of docs/engines.md from what the engines' tests left in backend-*/target/tensor-ops/ENGINE.tsv.

With --check, writes nothing and exits with 1 where the page lacks an operation, an engine or a gradient that the tests ran, or has one
that they didn't. Errors are told as powers of ten and not checked: they differ from processor to processor.
"""
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "engines.md"
BEGIN, END = "<!-- made by docs/engines.py -->\n", "<!-- end -->\n"
ENGINES = {"djl": "backend-djl", "tensorflow": "backend-tensorflow", "onnx": "backend-onnx-eval"}


def results(engine):
    file = ROOT / ENGINES[engine] / "target" / "tensor-ops" / (engine + ".tsv")
    if not file.exists():
        sys.exit(f"{file} is missing: run the tests first, as {PAGE} says")
    return {trial: errors for trial, *errors in (line.split("\t") for line in file.read_text().splitlines())}


def told(error):
    if error == "-":
        return ""
    return "exact" if float(error) == 0 else f"1e{math.ceil(math.log10(float(error)))}"


def table(all_results):
    engines = list(all_results)
    trials = list(dict.fromkeys(trial for of in all_results.values() for trial in of))
    yield "| operation | " + " | ".join(engines) + " |\n"
    yield "|---|" + "---|" * len(engines) + "\n"
    for trial in trials:
        cells = []
        for engine in engines:
            numbers, gradients = map(told, all_results[engine].get(trial, ("-", "-")))
            cells.append(f"{numbers}, {gradients}" if gradients else numbers or "**no**")
        yield f"| {trial} | " + " | ".join(cells) + " |\n"


def without_errors(lines):
    """Names of operations, and for each engine how many errors are told."""
    return [[cell if i < 2 else cell.count("e") for i, cell in enumerate(line.split("|"))] for line in lines]


def main():
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    new = list(table({engine: results(engine) for engine in ENGINES}))
    if "--check" in sys.argv[1:]:
        if without_errors(old.splitlines()) != without_errors("".join(new).splitlines()):
            sys.exit(f"{PAGE} is not what the tests ran: docs/engines.py writes it anew")
        return
    PAGE.write_text(before + BEGIN + "".join(new) + END + after)


main()
