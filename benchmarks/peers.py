"""The others' commands: octoDNS with octodns-bind on the same server and the same files, Terraform, and the floor."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import named
from measuring import BenchError, Command
from workloads import BIN, Workload

HERE = Path(__file__).resolve().parent
OCTODNS = str(BIN / "octodns-sync")
#: What Terraform 1.11 needed for a plan without changes, in CPU seconds, where it isn't installed (as published in the
#: task that these figures are for, on another machine).
TERRAFORM_ELSEWHERE = {1_000: 2.25, 10_000: 25.9}

_OCTODNS = """\
manager:
  max_workers: {workers}
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: {zones}
    default_ttl: 3600
    enforce_order: false
  live:
    class: octodns_bind.Rfc2136Provider
    host: {host}
    port: {port}
    timeout: 600
    key_name: {key}
    key_secret: {secret}
    key_algorithm: {algorithm}
zones:
  '*':
    sources: [config]
    targets: [live]
"""


def octodns(workload: Workload, zones: Path, port: int, scratch: Path, env: dict[str, str], *more: str) -> Command:
    """Return octoDNS's plan of a folder of zone files; with ``--doit`` its apply."""
    words = {"host": named.HOST, "key": named.KEY_NAME, "secret": named.KEY, "algorithm": named.ALGORITHM}
    config = scratch / f"octodns-{port}.yaml"
    config.write_text(_OCTODNS.format(workers=8 if workload.zones > 1 else 1, zones=zones, port=port, **words))
    return Command([OCTODNS, "--quiet", "--config-file", str(config), *more], scratch, env)


def floor(mode: str, workload: Workload, zones: Path, port: int, scratch: Path, env: dict[str, str]) -> Command:
    """Return the floor's plan of a folder of zone files."""
    kept = scratch / "floor"
    kept.mkdir(exist_ok=True)
    pairs = [word for name in workload.names() for word in (str(zones / f"{name}yaml"), name)]
    return Command([sys.executable, str(HERE / "floor.py"), mode, str(kept), str(port), *pairs], scratch, env)


def differing(said: str) -> int:
    """Return of how many record sets the floor's plan says that they differ; raises ``BenchError`` for other texts."""
    if found := re.search(r"([0-9]+) record sets differ", said):
        return int(found[1])
    raise BenchError(f"The floor said: {said}")


def terraform(count: int, scratch: Path, env: dict[str, str]) -> Command | None:
    """Return Terraform's plan without changes of so many ``terraform_data``; None where it isn't installed.

    Its record of what it made is written here, because an apply of 10,000 would take it half an hour.
    """
    program = shutil.which("terraform")
    if program is None:
        return None
    (scratch / "main.tf").write_text(
        f'resource "terraform_data" "x" {{\n  count = {count}\n  input = "v${{count.index}}"\n}}\n'
    )
    (scratch / "terraform.tfstate").write_text(json.dumps(_terraform_record(count)))
    subprocess.run([program, "init", "-input=false"], cwd=scratch, env=env, capture_output=True, check=True)
    return Command([program, "plan", "-input=false", "-no-color", "-detailed-exitcode"], scratch, env)


def _terraform_record(count: int) -> dict[str, object]:
    def instance(number: int) -> dict[str, object]:
        told = {"value": f"v{number}", "type": "string"}
        attributes = {"id": f"00000000-0000-4000-8000-{number:012}", "input": told, "output": told}
        return {"index_key": number, "schema_version": 0, "attributes": {**attributes, "triggers_replace": None}}

    resource = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "x",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [instance(number) for number in range(count)],
    }
    head = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "00000000-0000-4000-8000-000000000000"}
    return {**head, "outputs": {}, "resources": [resource], "check_results": None}
