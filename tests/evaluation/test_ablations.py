"""Every ablation leaves out something that exists."""

from averment.evaluation.ablations import ABLATIONS
from averment.pipelines.retrieval.retriever import RetrievalSettings
from averment.pipelines.retrieval.understanding import Ignored


def test_each_ablation_changes_one_thing() -> None:
    for name, ablation in ABLATIONS.items():
        assert (ablation.settings != RetrievalSettings()) != bool(ablation.ignore), name
        Ignored.of(ablation.ignore)
