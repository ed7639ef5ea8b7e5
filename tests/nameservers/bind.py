"""BIND 9, with zones that are added and removed while it runs."""

import time
from pathlib import Path
from urllib.parse import quote

from nameservers.process import Process, demand, free_port, ran, run
from nameservers.server import NameServer, RecordSet, master_file, new_server

PROGRAMS = ("named", "rndc")

_KEY = 'key "{name}" {{ algorithm {algorithm}; secret "{secret}"; }};\n'
_CONFIG = """\
controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} keys {{ "{name}"; }}; }};
options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  {options} recursion no; notify no; dnssec-validation no; allow-new-zones yes; allow-transfer {{ key "{name}"; }};
}};
"""
_RNDC = 'options {{ default-key "{name}"; default-server 127.0.0.1; default-port {control}; }};\n'
_ZONE = '{{ type primary; file "{file}"; allow-update {{ key "{name}"; }}; }};'


class Bind(NameServer):
    """A running named; ``control`` is rndc's command line, ``folder`` where the files of added zones lie."""

    kind = "bind"

    def __init__(self, folder: Path, options: str = "") -> None:
        """Start it in an empty folder; ``options`` are more statements of ``options``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.server = new_server(free_port())
        control = free_port()
        name = self.server.key_name
        words = {**vars(self.server), "name": name, "folder": folder, "control": control, "options": options}
        (folder / "named.conf").write_text((_KEY + _CONFIG).format(**words))
        (folder / "rndc.conf").write_text((_KEY + _RNDC).format(**words))
        self.control = (demand("rndc"), "-c", str(folder / "rndc.conf"))
        command = [demand("named"), "-g", "-n", "1", "-c", str(folder / "named.conf")]
        self.process = Process(command, folder, lambda: ran([*self.control, "status"]))
        self.process.start()

    def add_zone(
        self, zone: str, records: str | tuple[RecordSet, ...] = (), serial: int = 1, person: str = "hostmaster.test."
    ) -> None:
        """Write the zone's file and tell the server."""
        file = self._file(zone)
        file.write_text(master_file(zone, records, serial, person), encoding="utf-8")
        run([*self.control, "addzone", zone, _ZONE.format(file=file.name, name=self.server.key_name)])

    def close(self, zone: str) -> None:
        """Let nobody transfer a zone any more."""
        config = _ZONE.format(file=self._file(zone).name, name=self.server.key_name)
        run([*self.control, "modzone", zone, config.replace("{ type", "{ allow-transfer { none; }; type", 1)])

    def remove_zone(self, zone: str) -> None:
        """Tell the server, and wait until it has removed the files: it does so afterwards."""
        run([*self.control, "delzone", "-clean", zone])
        file, until = self._file(zone), time.monotonic() + 10
        while file.exists() or file.with_suffix(".zone.jnl").exists():
            assert time.monotonic() < until, f"{file} is still there"
            time.sleep(0.01)

    def _file(self, zone: str) -> Path:
        return self.folder / f"{quote(zone, safe='')}.zone"
