#!/usr/bin/env python3
"""Writes docs/learning.md and its picture from what benchmarks/learning/run left. Python's standard library only.

usage: benchmarks/learning/page.py OUTPUT DOCS
"""
import json
import math
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peer"))
import plot  # noqa: E402

RESAMPLES = 2_000
SEEDS = (plot.OURS[0], plot.OURS[1], plot.PEERS[3], plot.PEERS[1], plot.PEERS[0])


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def interval(values):
    """Mean and 95% bootstrap interval over rows."""
    chance = random.Random(0)
    n = len(values)
    means = sorted(sum(chance.choices(values, k=n)) / n for _ in range(RESAMPLES))
    return statistics.fmean(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]


def shown(triple, digits=3, plus=False):
    sign = "+" if plus else ""
    return f"{triple[0]:{sign}.{digits}f} [{triple[1]:{sign}.{digits}f}, {triple[2]:{sign}.{digits}f}]"


class Point:
    """The held-out rows after training on `rows` of them in the order of a seed; what is a list is by row."""

    def __init__(self, before, after, beta, seed, rows):
        self.seed, self.rows = seed, rows
        changes = [(a["logps/chosen"] - b["logps/chosen"], a["logps/rejected"] - b["logps/rejected"]) for a, b in zip(after, before)]
        self.margins = [beta * (chosen - rejected) for chosen, rejected in changes]
        self.right = [float(m > 0) for m in self.margins]
        self.gains = [r - float(b["logps/chosen"] > b["logps/rejected"]) for r, b in zip(self.right, before)]
        self.free = [float(a["logps/chosen"] > a["logps/rejected"]) for a in after]
        self.chosen = statistics.fmean(chosen for chosen, _ in changes)
        self.margin, self.accuracy, self.gain, self.free_accuracy = (interval(v) for v in (self.margins, self.right, self.gains, self.free))


def main():
    output, docs = map(pathlib.Path, sys.argv[1:])
    study = json.loads((output / "study.json").read_text(encoding="utf-8"))
    before = lines(output / "before.scores.jsonl")
    measured = [(seed, rows, output / f"train-{seed}-{rows}.scores.jsonl") for rows in sorted(study["points"]) for seed in study["seeds"]]
    points = [Point(before, lines(path), study["beta"], seed, rows) for seed, rows, path in measured if path.exists()]
    (docs / "learning.svg").write_text(draw(points, before), encoding="utf-8")
    (docs / "learning.md").write_text("\n".join([*text(study, before, points), *by_length(before, points)]) + "\n", encoding="utf-8")


def text(study, before, points):
    free = interval([float(b["logps/chosen"] > b["logps/rejected"]) for b in before])
    most = max(p.rows for p in points)
    last = [p for p in points if p.rows == most]
    yield from [
        "# What a few hundred preferences teach", "",
        f"Written by `benchmarks/learning/page.py`. SmolLM2-135M-Instruct, trained on up to {most} human comparisons of hh-rlhf (batches of 8, DPO, beta {study['beta']}, one epoch, constant learning rate after 5 steps), "
        f"measured on {len(before)} others that share no prompt with any that was trained on. Intervals are 95% bootstrap intervals over rows ({RESAMPLES:,} resamples); differences are paired.", "",
        f"The learning rate is the one with the smallest DPO loss after 200 rows on 100 others, none of them measured here: " + ", ".join(f"{rate}: {loss:.4f}" for rate, loss in study["rates"].items()) + f"; so {study['rate']}.", "",
        "```sh", "benchmarks/learning/run MODEL harmless-base-1800.jsonl.gz OUT && benchmarks/learning/page.py OUT docs", "```", "",
        "![Reward margin and accuracy against the rows trained on](learning.svg)", "",
        f"Before, the model gives the chosen answer the higher log-prob in {shown(free)} of the rows: *reference-free accuracy*. After:", "",
        "| rows | steps | seed | reward margin | accuracy of rewards | more than reference-free before | reference-free after | log p(chosen), change |", "|---|---|---|---|---|---|---|---|"]
    for p in points:
        yield f"| {p.rows} | {math.ceil(p.rows / 8)} | {p.seed} | {shown(p.margin)} | {shown(p.accuracy)} | {shown(p.gain, plus=True)} | {shown(p.free_accuracy)} | {p.chosen:+.1f} |"
    margins = sum(p.margin[1] > 0 for p in last)
    gains = sum(p.gain[1] > 0 for p in last)
    yield from ["", f"After {most} rows the mean reward margin is above zero by more than its interval in {margins} of {len(last)} seeds, and the accuracy above the initial model's reference-free accuracy by more than the paired interval in {gains} of {len(last)}."]
    if gains < len(last):
        yield needed(points, most)
    yield ""


def needed(points, most):
    """From the curve: at how many rows the mean gain would leave its interval."""
    sizes = sorted({p.rows for p in points})
    if len(sizes) == 1:
        return "One point is no curve: how many steps would be needed isn't known."
    means = [statistics.fmean(p.gain[0] for p in points if p.rows == n) for n in sizes]
    half = statistics.fmean((p.gain[2] - p.gain[1]) / 2 for p in points if p.rows == most)
    xs = [math.log(n) for n in sizes]
    mx, my = statistics.fmean(xs), statistics.fmean(means)
    slope = sum((x - mx) * (y - my) for x, y in zip(xs, means)) / sum((x - mx) ** 2 for x in xs)
    said = f"The mean gain over the seeds is {', '.join(f'{m:+.3f} after {n}' for n, m in zip(sizes, means))} rows; the interval of {half:.3f} to each side is that of the held-out rows."
    if slope <= 0 or math.exp(mx + (half - my) / slope) > 1_000_000:
        return said + " The curve doesn't tell how many steps would be needed."
    return said + f" A line through it in the logarithm of the rows reaches the interval at some {math.exp(mx + (half - my) / slope):,.0f} rows, {math.exp(mx + (half - my) / slope) / 8:,.0f} steps."


def by_length(before, points):
    most = max(p.rows for p in points)
    last = [p for p in points if p.rows == most]
    tokens = [b["tokens/chosen"] + b["tokens/rejected"] for b in before]
    longer = [b["tokens/chosen"] - b["tokens/rejected"] for b in before]
    cuts = statistics.quantiles(tokens, n=3)
    groups = {
        "chosen is longer": [d > 0 for d in longer], "rejected is longer": [d < 0 for d in longer], "equally long": [d == 0 for d in longer],
        f"both answers together up to {cuts[0]:.0f} tokens": [t <= cuts[0] for t in tokens],
        f"to {cuts[1]:.0f}": [cuts[0] < t <= cuts[1] for t in tokens], "longer": [t > cuts[1] for t in tokens]}
    yield from ["## By length", "", f"After {most} rows, all seeds together.", "", "| answers | rows | reward margin | accuracy of rewards | reference-free accuracy before |", "|---|---|---|---|---|"]
    for name, which in groups.items():
        here = [i for i, w in enumerate(which) if w]
        if here:
            margins = interval([statistics.fmean(p.margins[i] for p in last) for i in here])
            right = interval([statistics.fmean(p.right[i] for p in last) for i in here])
            free = statistics.fmean(float(before[i]["logps/chosen"] > before[i]["logps/rejected"]) for i in here)
            yield f"| {name} | {len(here)} | {shown(margins)} | {shown(right)} | {free:.3f} |"


def draw(points, before):
    sizes = [0, *sorted({p.rows for p in points})]
    free = statistics.fmean(float(b["logps/chosen"] > b["logps/rejected"]) for b in before)
    parts = []
    panels = (("Reward margin, held out", "beta x (log-ratio of chosen - of rejected), mean", "margin", 0.0), ("Accuracy of rewards, held out", "share of rows with a margin above zero; line: log-probs alone, before", "accuracy", free))
    for i, (title, unit, key, start) in enumerate(panels):
        left = 24 + 410 * i
        x = plot.Axis(sizes, left + 46, left + 360, zero=True)
        y = plot.Axis([start, *(v for p in points for v in getattr(p, key))], 280, 60)
        parts += plot.frame(x, y, title, "rows trained on", unit, left, 60)
        parts.append(plot.line(x.start, y.at(start), x.end, y.at(start), plot.GREY, 1.2, ' stroke-dasharray="5 4"'))
        seeds = sorted({p.seed for p in points})
        for j, seed in enumerate(seeds):
            mine = sorted((p for p in points if p.seed == seed), key=lambda p: p.rows)
            shift = 5 * (j - (len(seeds) - 1) / 2)
            track = [(x.at(p.rows) + shift, y.at(getattr(p, key)[0])) for p in mine]
            if key == "margin":
                track.insert(0, (x.at(0), y.at(0)))
            parts.append(f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in track)}" fill="none" stroke="{SEEDS[j % len(SEEDS)]}" stroke-width="1.4"/>')
            for p in mine:
                at = x.at(p.rows) + shift
                parts.append(plot.line(at, y.at(getattr(p, key)[1]), at, y.at(getattr(p, key)[2]), SEEDS[j % len(SEEDS)], 1.4))
                parts.append(plot.mark(at, y.at(getattr(p, key)[0]), SEEDS[j % len(SEEDS)], size=3.5))
    for j, seed in enumerate(sorted({p.seed for p in points})):
        parts.append(plot.mark(80 + 90 * j, 330, SEEDS[j % len(SEEDS)], size=4))
        parts.append(plot.text(90 + 90 * j, 334, f"seed {seed}", 11))
    return plot.picture(840, 350, parts)


if __name__ == "__main__":
    main()
