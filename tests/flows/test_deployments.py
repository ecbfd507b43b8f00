import importlib
from pathlib import Path

import pytest
import yaml

from averment.core.errors import ConfigurationError
from averment.core.settings import Settings, SourceSettings

SETTINGS = Settings(sources=(SourceSettings(name="contracts", path=Path("/srv/contracts")),))


def test_every_source_gets_a_nightly_run_and_both_flows_run_on_demand(tmp_path: Path) -> None:
    from prefect.flows import load_flow_from_entrypoint

    from averment.flows.deployments import local_deployments

    config = tmp_path / "averment.yaml"
    made = {f"{item.flow_name}/{item.name}": item for item in local_deployments(SETTINGS, config=config)}
    on_demand = {"ingest-corpus/on-demand", "analyse-batch/on-demand"}
    assert set(made) == {"ingest-corpus/nightly-contracts", "check-drift/daily"} | on_demand
    nightly = made["ingest-corpus/nightly-contracts"]
    assert nightly.entrypoint == "averment.flows.ingest_corpus.ingest_corpus"
    assert nightly.parameters == {"source": "contracts", "config": str(config)}
    assert [getattr(item.schedule, "cron", None) for item in nightly.schedules or ()] == ["0 2 * * *"]
    assert made["analyse-batch/on-demand"].entrypoint == "averment.flows.analyse_batch.analyse_batch"
    for deployment in made.values():
        assert deployment.entrypoint is not None
        assert load_flow_from_entrypoint(deployment.entrypoint).name == deployment.flow_name


def test_the_deployment_file_names_flows_that_import_and_parameters_they_take(repo: Path) -> None:
    tree = yaml.safe_load((repo / "prefect.yaml").read_text(encoding="utf-8"))
    assert [item["name"] for item in tree["deployments"]] == ["nightly", "daily", "on-demand", "part", "parts"]
    for deployment in tree["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        flow = getattr(importlib.import_module(module), name)
        assert set(deployment["parameters"]) <= set(flow.parameters.properties)
        required = set(flow.parameters.required)
        assert required <= set(deployment["parameters"])


def test_a_missing_deployment_file_is_named(tmp_path: Path) -> None:
    from averment.flows.deployments import deploy_file

    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml"):
        deploy_file(tmp_path / "nowhere.yaml")
