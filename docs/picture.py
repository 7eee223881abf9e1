#!/usr/bin/env python3
"""Draws what a training run recorded: the reward margin of every step, and the held-out pairs before and after. Python's standard library only.

usage: docs/picture.py OUTPUT_DIR PICTURE.svg        OUTPUT_DIR: of `./dpo4j train` with --eval_data
"""
import json
import math
import pathlib
import sys

WIDTH, HEIGHT, TOP, BOTTOM = 860, 300, 56, 44
INK, GREY, LINE, BEFORE, AFTER = "#1f2328", "#6e7781", "#d0d7de", "#8c959f", "#1a7f37"


def text(x, y, words, size=12, colour=INK, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def line(x1, y1, x2, y2, colour=LINE, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


class Scale:
    """Numbers to heights, between round numbers."""

    def __init__(self, values):
        low, high = min(values), max(values)
        rough = (high - low or 1) / 4
        power = 10 ** math.floor(math.log10(rough))
        self.step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough)
        self.first, self.last = math.floor(low / self.step + 1e-9), math.ceil(high / self.step - 1e-9)

    def y(self, value):
        share = (value / self.step - self.first) / (self.last - self.first)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def grid(self, left, right):
        for k in range(self.first, self.last + 1):
            value = k * self.step
            yield line(left, self.y(value), right, self.y(value))
            yield text(left - 6, self.y(value) + 4, f"{value:g}" if value else "0", 11, GREY, "end")


def curve(steps, left, right):
    values = [step["rewards/margins"] for step in steps]
    scale = Scale(values + [0])
    place = [left + (right - left) * i / max(1, len(values) - 1) for i in range(len(values))]
    yield text(left - 40, 24, "Reward margin of each training step", 14)
    yield text(left - 40, 41, "beta x (log-ratio of chosen - of rejected), mean of the step's pairs", 11, GREY)
    yield from scale.grid(left, right)
    points = " ".join(f"{x:.1f},{scale.y(v):.1f}" for x, v in zip(place, values))
    yield f'<polyline points="{points}" fill="none" stroke="{AFTER}" stroke-width="1.5"/>'
    yield text(left, HEIGHT - 18, "step 1", 11, GREY)
    yield text(right, HEIGHT - 18, str(len(values)), 11, GREY, "end")


def before_and_after(comparison, measure, title, unit, left, right):
    sides = [("before", comparison["before"][measure], BEFORE), ("after", comparison["after"][measure], AFTER)]
    scale = Scale([estimate[k] for _, estimate, _ in sides for k in ("low", "high")])
    yield text(left - 40, 24, title, 14)
    yield text(left - 40, 41, unit, 11, GREY)
    yield from scale.grid(left, right)
    for i, (name, estimate, colour) in enumerate(sides):
        x = left + (right - left) * (1 + 2 * i) / 4
        yield line(x, scale.y(estimate["low"]), x, scale.y(estimate["high"]), colour, 3)
        yield f'<circle cx="{x:.1f}" cy="{scale.y(estimate["mean"]):.1f}" r="5" fill="{colour}"/>'
        yield text(x + 9, scale.y(estimate["mean"]) + 4, f'{estimate["mean"]:.2f}', 12)
        yield text(x, HEIGHT - 18, name, 11, GREY, "middle")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run = pathlib.Path(sys.argv[1]) / "run"
    steps = [json.loads(row) for row in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = [step for step in steps if "rewards/margins" in step]
    comparison = json.loads((run / "comparison.json").read_text(encoding="utf-8"))
    rows = f'{comparison["compared"]} held-out pairs, 95% intervals'
    parts = [
        *curve(steps, 60, 400),
        *before_and_after(comparison, "accuracy", "Accuracy", rows, 490, 620),
        *before_and_after(comparison, "margin", "Margin, in nats", "log p(chosen) - log p(rejected)", 710, 840),
    ]
    pathlib.Path(sys.argv[2]).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n",
        encoding="utf-8")


if __name__ == "__main__":
    main()
