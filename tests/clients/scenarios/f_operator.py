"""What an operator and a newcomer see: the pages, the commands, the README's first message."""

import asyncio
import itertools
import json
import re
import shutil
import sys

from harness.scenario import scenario
from harness.server import ROOT
from harness.stage import LIBRARIES


@scenario()
async def the_port_also_serves_pages(stage):
    status, headers, text = stage.server.get("/owpengram/server-info")
    info = json.loads(text)
    assert status == 200 and int(headers["Content-Length"]) == len(text.encode()), headers
    assert info["rsa_public_key_pem"].strip() == stage.server.pem().read_text().strip()
    assert isinstance(info["dc_id"], int) and info["name"], info
    for path in ("/", "/health"):
        assert stage.server.get(path)[0] == 200
    assert "chappe_" in stage.server.get("/metrics", admin=True)[2]


@scenario()
async def only_invited_numbers_register_and_no_log_holds_their_secrets(stage):
    phone = "+33612345678"
    one = stage.person("telethon-full", phone, "Abraham")
    await one.connect()

    def code():
        said = stage.server.run("user", "code", phone).strip()
        assert re.fullmatch(r"\d{5}", said), said
        return said

    await one.refuses("PHONE_CODE_INVALID", one.sign_in(code="00000"))
    await one.refuses("PHONE_NUMBER_UNOCCUPIED", one.sign_in(code=code))
    stage.server.run("user", "add", phone)
    await one.sign_in(code=code)
    await one.send(one.id, "a very private note")
    log = stage.server.log.read_text()
    for secret in (phone.strip("+"), "a very private note", "Abraham"):
        assert secret not in log, f"the server's log says {secret!r}"


@scenario(rough=True, seconds=120)
async def a_backup_restored_on_an_empty_machine_keeps_everybody_signed_in(stage):
    people = [await stage.join(kind, f"Person {at}") for at, kind in enumerate(LIBRARIES)]
    await stage.acquaint(*people)
    await stage.settle()
    for one, other in itertools.permutations(people, 2):
        await one.send(other.id, f"{one.kind} to {other.kind}")
        await other.hears(f"{one.kind} to {other.kind}")
    said = stage.server.run("backup", "all.age", "--with-master-key", CHAPPE_PASSPHRASE="three arms")
    assert "rows in" in said, said
    pem = stage.server.pem().read_text()
    for one in people:
        await one.away()
    await stage.server.stop()
    for folder in ("data", "keys"):
        shutil.rmtree(stage.server.folder / folder)
    assert "rows restored" in stage.server.run("restore", "all.age", CHAPPE_PASSPHRASE="three arms")
    assert stage.server.run("key") == pem, "clients trust the server as before"
    await stage.server.start()
    for one in people:
        await one.resume()
    for one, other in itertools.permutations(people, 2):
        await one.send(other.id, f"{one.kind} is back")
        await other.hears(f"{one.kind} is back")
        assert f"{one.kind} to {other.kind}" in await one.texts(other.id)
    assert stage.server.calls("auth.sendCode") == 0, "nobody had to sign in again"


@scenario()
async def the_readme_leads_to_a_first_message(stage):
    text = (ROOT / "README.md").read_text()
    snippet = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    assert len(snippet.strip().splitlines()) <= 15, "fifteen lines at most"
    file = re.search(r"chappe key .*> (\S+)", text).group(1)
    (stage.server.folder / file).write_text(stage.server.run("key"))
    assert "8443" in snippet
    script = stage.server.folder / "first.py"
    script.write_text(snippet.replace("8443", str(stage.server.port)))
    # A newcomer tries it twice.
    for _ in range(2):
        run = await asyncio.create_subprocess_exec(
            sys.executable, str(script), cwd=stage.server.folder, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT)
        said = (await asyncio.wait_for(run.communicate(), 20))[0].decode()
        assert run.returncode == 0 and "message" in said, said
