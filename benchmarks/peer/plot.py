"""Plots as SVG, by hand: points, lines and their axes."""
import html
import math

INK, GREY, LINE, PAPER = "#1f2328", "#59636e", "#d8dee4", "#ffffff"
PEERS = ("#9a6700", "#bc4c00", "#cf222e", "#8250df")
OURS = ("#0969da", "#1a7f37", "#0f766e", "#4d2d91")
SHAPES = ("circle", "square", "diamond", "triangle")


def text(x, y, words, size=12, colour=INK, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{extra}>{html.escape(str(words))}</text>'


def line(x1, y1, x2, y2, colour=LINE, width=1.0, extra=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{extra}/>'


def mark(x, y, colour, shape="circle", size=5.0):
    paint = f'fill="{colour}" stroke="{colour}" stroke-width="1.5"'
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {paint}/>'
    corners = {"square": ((-1, -1), (1, -1), (1, 1), (-1, 1)), "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)), "triangle": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9))}[shape]
    points = " ".join(f"{x + dx * size * 0.9:.1f},{y + dy * size * 0.9:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" {paint}/>'


class Axis:
    """Numbers between round ones, laid on a stretch of the picture."""

    def __init__(self, values, start, end, zero=False, log=False):
        self.start, self.end, self.log = start, end, log
        values = [v for v in values if v is not None and (v > 0 or not log)] or [1]
        if log:
            low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            high = max(high, low + 1)
            self.low, self.high = low, high
            self.ticks = [10.0**k for k in range(low, high + 1)]
            return
        low, high = (0 if zero else min(values)), max(values)
        rough = (high - low or abs(high) or 1) / 4
        power = 10 ** math.floor(math.log10(rough))
        step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= rough * 0.999)
        self.low, self.high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
        if self.high == self.low:
            self.high += step
        self.ticks = [self.low + k * step for k in range(round((self.high - self.low) / step) + 1)]

    def at(self, value):
        number = math.log10(max(value, 10.0**self.low)) if self.log else value
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)

    def told(self, tick):
        return f"1e{round(math.log10(tick))}" if self.log else f"{tick:.6g}"


def frame(x, y, title, unit_x, unit_y, left, top, whole_x=False):
    """Grid, numbers and names of a panel between the ends of its axes."""
    yield text(left, top - 26, title, 14, extra=' font-weight="600"')
    yield text(left, top - 10, unit_y, 11, GREY)
    for tick in y.ticks:
        yield line(x.start, y.at(tick), x.end, y.at(tick))
        yield text(x.start - 7, y.at(tick) + 4, y.told(tick), 11, GREY, "end")
    for tick in x.ticks:
        if whole_x and tick != round(tick):
            continue
        yield line(x.at(tick), y.start, x.at(tick), y.start + 4, GREY)
        yield text(x.at(tick), y.start + 17, x.told(tick), 11, GREY, "middle")
    yield text((x.start + x.end) / 2, y.start + 34, unit_x, 11, GREY, "middle")


def legend(entries, x, y):
    """entries: (name, colour, shape)"""
    for i, (name, colour, shape) in enumerate(entries):
        yield mark(x + 6, y + 20 * i - 4, colour, shape)
        yield text(x + 18, y + 20 * i, name)


def picture(width, height, parts):
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, -apple-system, \'Segoe UI\', \'DejaVu Sans\', sans-serif">\n'
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{body}\n</svg>\n')
