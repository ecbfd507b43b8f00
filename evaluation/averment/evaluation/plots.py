"""Plots of the reports as SVG: recall over k, time of queries, share of wrong answers over coverage, and bars."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

COLOURS: Final = {"averment": "#0b5", "dense": "#27c", "bm25": "#c60", "fused": "#888"}
# Of bars: height of one with its gap, room for names on the left and for values on the right.
_BAR, _NAMES, _VALUES = 22, 190, 90
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 300, 48, 20, 12, 36


def recall_plot(systems: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Draw recall over k, k on a logarithmic axis."""
    ks = [int(k) for k in next(iter(systems.values()))["recall"]]
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(ks) - 1)
    at = {k: _LEFT + n * step for n, k in enumerate(ks)}
    parts = [_frame("Recall over k", _HEIGHT + 24 * len(systems)), *_grid()]
    parts += [_below(x, str(k)) for k, x in at.items()]
    for place, (system, summary) in enumerate(systems.items()):
        colour = COLOURS.get(system, "#555")
        points = [(at[k], _up(summary["recall"][str(k)]["mean"] or 0)) for k in ks]
        y = _HEIGHT + 14 + 22 * place
        parts.append(_line(points, colour))
        parts.append(
            f"<line x1='{_LEFT}' y1='{y - 4}' x2='{_LEFT + 24}' y2='{y - 4}' stroke='{colour}' stroke-width='3'/>"
        )
        parts.append(f"<text x='{_LEFT + 32}' y='{y}'>{html.escape(names.get(system, system))}</text>")
    return "".join([*parts, "</svg>"])


def latency_plot(milliseconds: Sequence[float]) -> str:
    """Draw the share of queries that were answered within a time; empty for no queries."""
    ordered = sorted(milliseconds)
    if not ordered or ordered[-1] <= 0:
        return ""
    # The slowest hundredth would squeeze the rest into a corner; the text above gives its edge.
    end = ordered[int(0.99 * (len(ordered) - 1))] * 1.1 or 1.0
    wide = _WIDTH - _LEFT - _RIGHT
    points = [
        (_LEFT + wide * value / end, _up((place + 1) / len(ordered)))
        for place, value in enumerate(ordered)
        if value <= end
    ]
    parts = [_frame("Share of queries answered within a time", _HEIGHT + 12), *_grid()]
    parts += [_below(_LEFT + wide * n / 4, f"{end * n / 4:.0f} ms") for n in range(5)]
    return "".join([*parts, _line([(_LEFT, _up(0)), *points], COLOURS["averment"]), "</svg>"])


def risk_plot(points: Sequence[tuple[float, float]], *, bound: float, coverage: float | None) -> str:
    """Draw the share of wrong answers over the share of answers given, the bound, and the coverage that keeps it."""
    wide, top = _WIDTH - _LEFT - _RIGHT, max([2 * bound, *(risk for _, risk in points)])
    parts = [_frame("Share of wrong answers over coverage", _HEIGHT + 12)]
    for quarter in range(5):
        y = _up(quarter / 4)
        parts.append(f"<line x1='{_LEFT}' y1='{y:.1f}' x2='{_WIDTH - _RIGHT}' y2='{y:.1f}' stroke='#ddd'/>")
        parts.append(f"<text x='{_LEFT - 6}' y='{y + 4:.1f}' text-anchor='end'>{100 * top * quarter / 4:.1f} %</text>")
        parts.append(_below(_LEFT + wide * quarter / 4, f"{25 * quarter} %"))
    y = _up(bound / top)
    parts.append(f"<line x1='{_LEFT}' y1='{y:.1f}' x2='{_WIDTH - _RIGHT}' y2='{y:.1f}' stroke='#c60'/>")
    if coverage is not None:
        x = _LEFT + wide * coverage
        parts.append(f"<line x1='{x:.1f}' y1='{_up(1)}' x2='{x:.1f}' y2='{_up(0)}' stroke='#c60'/>")
    drawn = [(_LEFT + wide * share, _up(risk / top)) for share, risk in points]
    return "".join([*parts, _line(drawn, COLOURS["averment"]), "</svg>"])


def bar_plot(label: str, bars: Sequence[tuple[str, float, str]]) -> str:
    """Draw bars from the left, the longest as wide as the plot: name, length, and what is written behind it."""
    longest = max((length for _, length, _ in bars), default=0.0)
    if longest <= 0:
        return ""
    parts = [_frame(label, _BAR * len(bars) + 8)]
    for place, (name, length, shown) in enumerate(bars):
        y = _BAR * place + 16
        wide = (_WIDTH - _NAMES - _VALUES) * length / longest
        parts.append(f"<text x='{_NAMES - 8}' y='{y}' text-anchor='end'>{html.escape(name)}</text>")
        parts.append(f"<rect x='{_NAMES}' y='{y - 11}' width='{wide:.1f}' height='14' fill='{COLOURS['averment']}'/>")
        parts.append(f"<text x='{_NAMES + wide + 6:.1f}' y='{y}'>{html.escape(shown)}</text>")
    return "".join([*parts, "</svg>"])


def _frame(label: str, height: int) -> str:
    return (
        f"<svg role='img' aria-label='{html.escape(label)}' viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}'>"
        f"<title>{html.escape(label)}</title>"
    )


def _grid() -> list[str]:
    parts = []
    for tenth in range(0, 11, 2):
        y = _up(tenth / 10)
        parts.append(f"<line x1='{_LEFT}' y1='{y:.1f}' x2='{_WIDTH - _RIGHT}' y2='{y:.1f}' stroke='#ddd'/>")
        parts.append(f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{tenth / 10:.1f}</text>")
    return parts


def _below(x: float, text: str) -> str:
    return f"<text x='{x:.1f}' y='{_HEIGHT - 14}' text-anchor='middle'>{html.escape(text)}</text>"


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"<polyline points='{drawn}' fill='none' stroke='{colour}' stroke-width='2.5'/>"


def _up(value: float) -> float:
    return _TOP + (_HEIGHT - _BOTTOM - _TOP) * (1 - value)
