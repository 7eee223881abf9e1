"""The page's pictures: speed against memory, losses side by side, speeds of scoring."""
import measure
import plot


def looks(records):
    """Colour and shape of each contender, the same on every picture."""
    looks = {}
    for peer, colours in ((True, plot.PEERS), (False, plot.OURS)):
        names = list(dict.fromkeys(r["contender"] for r in records if r["peer"] == peer))
        for i, name in enumerate(names):
            shape = plot.SHAPES[(i + (0 if peer else 2)) % len(plot.SHAPES)]
            looks[name] = (colours[i % len(colours)], shape)
    return looks


def speed_and_memory(rounds, unit):
    """Pairs per second against peak memory: a point per round."""
    style = looks(rounds)
    x = plot.Axis([r["peak_bytes"] / 1e9 for r in rounds], 60, 570, zero=True)
    y = plot.Axis([measure.speed(r) for r in rounds], 350, 60, zero=True)
    parts = list(plot.frame(x, y, f"{unit} per second against memory: up and to the left is better", "peak resident memory of the process, GB", "pairs per second", 24, 60))
    parts += [plot.mark(x.at(r["peak_bytes"] / 1e9), y.at(measure.speed(r)), *style[r["contender"]], 5.5) for r in rounds]
    parts += plot.legend([(name, *look) for name, look in style.items()], 600, 80)
    parts.append(plot.text(600, 80 + 20 * len(style) + 8, "a point per round", 11, plot.GREY))
    return plot.picture(820, 400, parts)


def losses(side_by_side, peer):
    """side_by_side: each contender's losses, step by step; what the others differ by from the peer."""
    names = list(side_by_side)
    colours = {name: (plot.PEERS if name == peer else plot.OURS)[max(0, i - 1) if name != peer else 0] for i, name in enumerate(names)}
    steps = len(side_by_side[peer])
    x = plot.Axis([1, max(steps, 2)], 66, 390)
    y = plot.Axis([v for values in side_by_side.values() for v in values], 250, 60)
    parts = list(plot.frame(x, y, "Loss of each step", "step", "mean of the step's pairs", 24, 60, whole_x=True))
    for i, (name, values) in enumerate(side_by_side.items()):
        parts.append(polyline(x, y, values, colours[name], 6 - 2 * i if i < 3 else 1, 0.45 if i == 0 else 1))
    differences = {n: [abs(a - b) for a, b in zip(side_by_side[n], side_by_side[peer])] for n in names if n != peer}
    x2 = plot.Axis([1, max(steps, 2)], 486, 800)
    y2 = plot.Axis([1e-4, 1e-8, *(d for ds in differences.values() for d in ds)], 250, 60, log=True)
    parts += plot.frame(x2, y2, f"Difference from {peer}", "step", "absolute; the line is 1e-4, the tolerance of the recorded runs", 444, 60, whole_x=True)
    parts.append(plot.line(x2.start, y2.at(1e-4), x2.end, y2.at(1e-4), plot.PEERS[2], 1.2, ' stroke-dasharray="5 4"'))
    for name, values in differences.items():
        parts.append(polyline(x2, y2, values, colours[name], 1.5))
        parts += [plot.mark(x2.at(i + 1), y2.at(v), colours[name], size=3) for i, v in enumerate(values)]
    left = 66
    for name in names:
        parts.append(plot.line(left, 312, left + 18, 312, colours[name], 3))
        parts.append(plot.text(left + 24, 316, name))
        left += 44 + 7 * len(name)
    return plot.picture(820, 330, parts)


def polyline(x, y, values, colour, width, opacity=1.0):
    points = " ".join(f"{x.at(i + 1):.1f},{y.at(v):.1f}" for i, v in enumerate(values))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity}" stroke-linejoin="round"/>'
