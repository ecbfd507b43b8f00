"""Plots are well-formed SVG."""

from xml.etree import ElementTree

from averment.evaluation.plots import latency_plot, recall_plot, risk_plot


def test_recall_is_drawn_for_every_system() -> None:
    systems = {name: {"recall": {"1": {"mean": 0.2}, "8": {"mean": None}}} for name in ("averment", "<other>")}
    root = ElementTree.fromstring(recall_plot(systems, {"averment": "Averment & co"}))
    assert len(root.findall("polyline")) == 2
    assert {text.text for text in root.findall("text")} >= {"1", "8", "Averment & co", "<other>"}


def test_latency_rises_from_nothing_to_all() -> None:
    root = ElementTree.fromstring(latency_plot([5.0, 1.0, 3.0, 2.0]))
    (line,) = root.findall("polyline")
    points = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    assert points == sorted(points, key=lambda point: (point[0], -point[1]))
    assert latency_plot([]) == latency_plot([0.0]) == ""


def test_risk_is_drawn_with_its_bound_and_the_coverage_that_keeps_it() -> None:
    drawn = risk_plot([(0.5, 0.0), (1.0, 0.2)], bound=0.05, coverage=0.5)
    assert drawn.count("stroke='#c60'") == 2
    assert "20.0 %" in drawn
    assert risk_plot([(1.0, 0.0)], bound=0.05, coverage=None).count("stroke='#c60'") == 1
