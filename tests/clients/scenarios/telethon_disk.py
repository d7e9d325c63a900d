"""What is on the disk and in the log: nothing that people wrote, nothing that names them."""

import signal

from person import Person, stored, two
from server import Server
from telethon import functions


async def nothing_that_was_written_is_readable_on_disk_or_in_the_log():
    planted = ["zephyrine", "quixotically", "vexillology", "halcyonic", "9996621001"]
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        await alice.client.send_message(bob_there, f"{planted[0]} at dawn")
        await alice.client(functions.account.UpdateProfileRequest(first_name=planted[1], about=planted[2]))
        await alice.client(functions.messages.SaveDraftRequest(bob_there, planted[3]))
        assert await bob.texts(alice_there) == [f"{planted[0]} at dawn"]
        await alice.leave(), await bob.leave()
        server.stop(signal.SIGTERM)
        files = [path for path in (server.folder / "data").rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) > 1000, "there is something to search"
        for path in [*files, server.log]:
            content = path.read_bytes().lower()
            for word in planted:
                assert word.encode() not in content, f"{word} stands in {path.name}"
                assert word.encode("utf-16-le") not in content, f"{word} stands in {path.name}"


async def a_backup_restored_elsewhere_keeps_everybody_signed_in():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        await alice.client.send_message(bob_there, "before the fire")
        session = stored(bob)
        server.passphrase = "semaphore"
        said = server.command("backup", "kept.age", "--with-master-key")
        assert "rows in" in said, said
        await alice.leave(), await bob.leave()
        server.stop(signal.SIGTERM)
        for name in ("data", "keys"):
            (server.folder / name).rename(server.folder / f"burnt-{name}")
        said = server.command("restore", "kept.age", "--keys", "keys")
        assert "rows restored" in said, said
        server.start()
        back = Person(server, bob.phone, bob.name, session=session)
        await back.client.connect()
        assert (await back.client.get_me()).id == bob.id
        assert [dialog.message.message for dialog in await back.client.get_dialogs()] == ["before the fire"]
        await back.leave()
