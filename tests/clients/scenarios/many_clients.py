"""People at different clients talk to each other: mtcute and TDLib, each way a client can connect."""

from driven import Driven
from server import Server

NAMES = ("Ada", "Bea")


async def _talk(kinds):
    with Server() as server:
        ada, bea = [Driven(server, kind, f"999662100{at}", NAMES[at]) for at, kind in enumerate(kinds)]
        await ada.join(), await bea.join()
        await ada.knows(bea), await bea.knows(ada)
        before = server.calls("updates.getDifference")
        await ada.send(bea, "hello Bea")
        await bea.hears("hello Bea")
        await bea.send(ada, "hello Ada")
        await ada.hears("hello Ada")
        for person, other in ((ada, bea), (bea, ada)):
            assert await person.texts(other) == ["hello Bea", "hello Ada"], person.kind
            await person.send(person, f"a note of {person.name}")
        assert server.calls("updates.getDifference") == before, "nobody had a reason to ask"
        await ada.leave(), await bea.leave()
        assert ada.complaints() == [] and bea.complaints() == [], (ada.complaints(), bea.complaints())


async def mtcute_and_tdlib_228():
    await _talk(("mtcute-tcp", "tdlib-1.8.66"))


async def mtcute_with_pfs_and_tdlib_230_with_pfs():
    await _talk(("mtcute-pfs", "tdlib-1.8.68-pfs"))


async def mtcute_through_the_proxy_and_tdlib_228_with_pfs():
    await _talk(("mtcute-mtproxy", "tdlib-1.8.66-pfs"))


async def tdlib_230_and_tdlib_228():
    await _talk(("tdlib-1.8.68", "tdlib-1.8.66"))


async def tdlib_keeps_its_login_over_a_restart_of_both():
    with Server() as server:
        ada = await Driven(server, "tdlib-1.8.66", "9996621000", "Ada").join()
        await ada.send(ada, "before")
        await ada.leave()
        server.restart()
        again = await Driven(server, "tdlib-1.8.66", "9996621000", "Ada").join()
        assert again.id == ada.id and server.calls("auth.sendCode") == 0
        await again.send(again, "after")
        assert await again.texts(again) == ["before", "after"]
        await again.leave()
        assert again.complaints() == []
