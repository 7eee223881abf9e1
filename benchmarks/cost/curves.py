"""The page of costs, docs/costs.md, and its picture of each engine: small panels, speed above memory, points and fitted lines."""
import html
import json
import math
import statistics

import plot

AXES = {
    "length": ("tokens of a row", "half of them prompt; 135M parameters, 2 pairs a step"),
    "completions": ("completions per prompt", "of 64 tokens, of a prompt of 256; 135M parameters, 8 pairs a step"),
    "size": ("parameters", "random weights; prompts of 128, completions of 64 tokens, 4 pairs a step"),
    "threads": ("threads", "135M parameters, as there"),
}


def write(results, docs):
    lines = [
        "# What training costs", "",
        "Written by `benchmarks/cost/run page`. Each point is a process of its own, in float32, planned by dpo4j itself (`--micro_batch_size auto`); the speed is that of three optimizer steps after the first, the median over the rounds; memory is the process's peak resident set, start to end. "
        "Exponents are slopes in logarithms, fitted by least squares: speed that falls as 1/x has -1. Numbers compare within one machine and one run only.", ""]
    for folder in results:
        lines += section(folder, docs)
    (docs / "costs.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def section(folder, docs):
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "records").glob("*.json"))]
    peaks = [p for r in records for p in r["peak_gflops"]]
    m, backend = plan["machine"], plan["backend"]
    name = f"costs-{backend}.svg"
    curves = {axis: curve(axis, records) for axis in AXES if any(r["axis"] == axis for r in records)}
    (docs / name).write_text(draw(curves, backend), encoding="utf-8")
    rounds = max(r["round"] for r in records)
    yield from [
        f"## {backend}", "",
        f'{m["processor"]} ({m["family"]}; {", ".join(m["flags"])}), {m["cores"]} cores, {m["memory_gb"]} GB. Matrix product: {max(peaks):.0f} GFLOP/s at best, {min(peaks):.0f} to {max(peaks):.0f} between the points. Rounds: {rounds}. dpo4j at {plan["revision"]}.', "",
        "```sh", plan["command"], "```", "",
        f"![Speed and memory of training with {backend} as curves](" + name + ")", ""]
    for axis, points in curves.items():
        unit, what = AXES[axis]
        speed, memory = (exponent([(p["x"], p[key]) for p in points]) for key in ("speed", "memory"))
        yield from [f"**{unit[0].upper()}{unit[1:]}** ({what}): pairs/s as x^{speed:.2f}, memory as x^{memory:.2f}.", "",
                    f"| {m['kind']}, {max(peaks):.0f} GFLOP/s: {unit} | pairs/s | tokens/s | memory, GB |", "|---|---|---|---|"]
        yield from (f'| {told(p["x"])} | {spread(p)} | {p["tokens"]:.0f} | {p["memory"]:.2f} |' for p in points)
        yield ""


def spread(point):
    """The median, and the lowest and highest where there were several rounds."""
    between = "" if point["low"] == point["high"] else f' [{point["low"]:.3g}, {point["high"]:.3g}]'
    return f'{point["speed"]:.3g}{between}'


def curve(axis, records):
    points = []
    for x in sorted({r["x"] for r in records if r["axis"] == axis}):
        here = [r for r in records if r["axis"] == axis and r["x"] == x]
        speeds = [r["pairs_per_second"] for r in here]
        points.append({"x": x, "speed": statistics.median(speeds), "low": min(speeds), "high": max(speeds),
                       "tokens": statistics.median(r["tokens_per_second"] for r in here), "memory": max(r["peak_bytes"] for r in here) / 1e9})
    return points


def exponent(points):
    return fit(points)[0]


def fit(points):
    """Slope and height of the straight line through the logarithms."""
    xs, ys = ([math.log(v) for v in values] for values in zip(*points))
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    slope = sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)
    return slope, my - slope * mx


def told(x):
    return f"{x / 1e6:.3g}M" if x >= 100_000 else f"{x:,}"


def draw(curves, backend):
    width, parts = 250, []
    for i, (axis, points) in enumerate(curves.items()):
        for row, (key, unit) in enumerate((("speed", "pairs per second"), ("memory", "peak memory, GB"))):
            left, top = 24 + i * width, 60 + row * 272
            parts += panel(axis, points, key, unit, left, top)
    return plot.picture(24 + width * len(curves), 565, parts)


def panel(axis, points, key, unit, left, top):
    x = Logs([p["x"] for p in points], left + 46, left + 220, told)
    y = Logs([p[key] for p in points], top + 170, top, lambda v: f"{v:.3g}")
    slope, height = fit([(p["x"], p[key]) for p in points])
    yield from plot.frame(x, y, f"{unit}: x^{slope:.2f}", AXES[axis][0], "", left, top)
    ends = [(v, math.exp(height + slope * math.log(v))) for v in (points[0]["x"], points[-1]["x"])]
    yield plot.line(x.at(ends[0][0]), y.at(ends[0][1]), x.at(ends[1][0]), y.at(ends[1][1]), plot.GREY, 1.2, ' stroke-dasharray="5 4"')
    colour = plot.OURS[0] if key == "speed" else plot.OURS[1]
    for p in points:
        title = html.escape(f'{told(p["x"])}: {p[key]:.3g}')
        yield f"<g><title>{title}</title>{plot.mark(x.at(p['x']), y.at(p[key]), colour, size=4)}</g>"


class Logs:
    """A logarithmic axis whose numbers are those of the points, a few of them where they would touch."""

    def __init__(self, values, start, end, told):
        self.start, self.end, self.told = start, end, told
        values = sorted(set(values))
        low, high = math.log(values[0]), math.log(values[-1])
        margin = max(0.08 * (high - low), 0.05)
        self.low, self.high = low - margin, high + margin
        self.ticks = []
        for v in values:
            if all(abs(self.at(v) - self.at(t)) >= (34 if start < end else 16) for t in self.ticks):
                self.ticks.append(v)

    def at(self, value):
        return self.start + (math.log(value) - self.low) / (self.high - self.low) * (self.end - self.start)
