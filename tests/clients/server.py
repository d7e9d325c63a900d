"""A server of ours, for one scenario: started in a folder of its own, stopped with it."""

import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "target" / "debug" / "chappe"
SECRET = "dd" + "00" * 15 + "01"


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Server:
    """`with Server() as server:` runs one until the block ends."""

    def __init__(self, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chappe-clients-"))
        self.port, self.admin = free_port(), free_port()
        lines = [f'proxy_secrets = ["{SECRET}"]'] + [f"{key} = {value}" for key, value in settings.items()]
        (self.folder / "chappe.toml").write_text("\n".join(lines) + "\n")
        self.log = self.folder / "server.log"
        self.process, self.passphrase = None, None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        self.stop(signal.SIGTERM)
        if error is not None:
            print("--- end of the server's log")
            print("\n".join(self.log.read_text().splitlines()[-25:]))
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        command = [BINARY, "serve", "--test-accounts", "--data", "data", "--keys", "keys"]
        command += ["--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin}"]
        log = self.log.open("a")
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=log, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        line = self.process.stdout.readline() if ready else ""
        assert line.startswith("chappe ready"), f"the server did not start: {line!r} {self.log.read_text()}"

    def stop(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=10)

    def kill(self):
        """As a power cut would, as far as the process is concerned."""
        self.stop(signal.SIGKILL)

    def restart(self):
        self.stop(signal.SIGTERM)
        self.start()

    def pem(self) -> str:
        out = subprocess.run([BINARY, "key", "--data", "data"], cwd=self.folder, capture_output=True, check=True, text=True)
        return out.stdout

    def command(self, *words) -> str:
        secret = {"CHAPPE_PASSPHRASE": self.passphrase} if self.passphrase else {}
        out = subprocess.run(
            [BINARY, *words, "--data", "data"], cwd=self.folder, capture_output=True, text=True, env={**os.environ, **secret})
        return out.stdout + out.stderr

    def calls(self, method: str) -> int:
        """How often a method has been called since the start."""
        page = urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=5).read().decode()
        found = re.search(rf'method_calls_total{{method="{re.escape(method)}"}} (\d+)', page)
        return int(found.group(1)) if found else 0

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()

    def wait_until(self, what, seconds=10.0):
        """Waits for something another client's work leads to."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return
            time.sleep(0.02)
        raise AssertionError("it did not happen")
