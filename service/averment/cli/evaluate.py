"""`averment eval retrieval`: how good retrieval is, against naive baselines in the same run."""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import settings_of
from averment.cli.output import JsonFlag, note, print_json
