"""Public channels as passers-by have them: on the web, read without joining, heard of while they are open."""

import re
import urllib.error
import urllib.request

from harness.scenario import scenario
from harness.stage import LIBRARIES, TDLIB
from scenarios.z_files import picture

OWNER = "telethon-abridged"
# Telethon asks for news of no channel that it is not in.
POLLING = ["mtcute-tcp", LIBRARIES[-1], TDLIB[-1]]
NAME = "optics_news"
# As the server tells who is in a channel and who passes by.
MEMBER_SECONDS, PASSER_SECONDS = 30, 5


async def published(stage, kind=OWNER):
    owner = await stage.join(kind, "Olga")
    channel = await owner.announce("Optics")
    await owner.name_group(channel, NAME)
    return owner, channel


def web(stage, path):
    """Status and text of a page."""
    try:
        status, _, body = stage.server.get(path)
    except urllib.error.HTTPError as why:
        status, body = why.code, why.read().decode()
    return status, body


@scenario(each=LIBRARIES)
async def what_a_client_does_in_a_public_channel_is_on_the_web(stage, kind):
    owner, channel = await published(stage, kind)

    async def shown(text, path=f"/s/{NAME}"):
        status, body = web(stage, path)
        return status, text in body

    first = await owner.send(channel, "the telegraph at Lille")
    assert await shown("the telegraph at Lille") == (200, True)
    await owner.edit(channel, first, "the telegraph at Paris")
    assert await shown("the telegraph at Paris") == (200, True)
    assert await shown("at Lille") == (200, False)
    slip = await owner.send(channel, "a slip")
    assert await shown("a slip", f"/{NAME}/{slip}") == (200, True)
    await owner.delete(channel, [slip])
    await owner.comes_to((410, False), lambda: shown("a slip", f"/{NAME}/{slip}"))
    assert await shown("a slip") == (200, False)
    assert await shown("the telegraph at Paris", f"/s/{NAME}/feed") == (200, True)
    # What is not public any more is not there.
    await owner.name_group(channel, "")
    for path in (f"/s/{NAME}", f"/{NAME}", f"/{NAME}/{first}", f"/s/{NAME}/feed"):
        await owner.comes_to((404, False), lambda: shown("Optics", path))


def fetched(stage, path, **headers):
    """Status, headers and bytes of a file."""
    request = urllib.request.Request(f"http://127.0.0.1:{stage.server.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as why:
        return why.code, why.headers, why.read()


@scenario(each=LIBRARIES)
async def photos_and_files_of_posts_are_fetched_by_links(stage, kind):
    owner, channel = await published(stage, kind)
    number = await owner.carry(channel, picture(stage.server.folder / "view.png", 900, 600, 3), "photo", "the sea")
    report = stage.server.folder / "report.bin"
    report.write_bytes(bytes(range(256)) * 2000)
    await owner.carry(channel, report, "document", "the report")
    page = web(stage, f"/s/{NAME}")[1]
    image = re.search(r'<img src="(/file/[0-9a-f]+)"', page).group(1)
    status, headers, whole = fetched(stage, image)
    assert (status, headers["content-type"], whole[:2]) == (200, "image/jpeg", b"\xff\xd8")
    status, headers, part = fetched(stage, image, Range="bytes=100-199")
    assert (status, part) == (206, whole[100:200]) and headers["content-range"] == f"bytes 100-199/{len(whole)}"
    download = re.search(r'<a href="(/file/[0-9a-f]+)" download', page).group(1)
    status, headers, whole = fetched(stage, download)
    assert (status, whole) == (200, report.read_bytes())
    assert headers["content-disposition"].startswith("attachment; filename*=UTF-8''report.bin")
    assert fetched(stage, image[:-1] + ("0" if image[-1] != "0" else "1"))[0] == 404
    await owner.delete(channel, [number])
    await owner.comes_to(410, lambda: asked(stage, image))
    assert fetched(stage, download)[0] == 200


async def asked(stage, path):
    return fetched(stage, path)[0]


@scenario(each=LIBRARIES)
async def a_passer_by_reads_a_channel_without_being_in_it(stage, kind):
    owner, channel = await published(stage)
    first = await owner.send(channel, "for all to read")
    passer = await stage.join(kind, "Ignace")
    assert await passer.find_group(NAME) == channel
    assert (await passer.texts(channel))[-1:] == ["for all to read"]
    members, about, _ = await passer.facts(channel)
    assert members == 1, (members, about)
    assert (await passer.counts(channel, first))[0] >= 1, "the author has seen it"
    assert await passer.standing(channel) == "out"


@scenario(each=POLLING)
async def a_passer_by_hears_of_a_channel_while_it_has_it_open(stage, kind):
    owner, channel = await published(stage)
    await owner.send(channel, "before it came")
    passer = await stage.join(kind, "Ignace")
    assert await passer.find_group(NAME) == channel
    assert "before it came" in await passer.texts(channel)
    await passer.keep_open(channel)
    await owner.send(channel, "while it looks")
    assert (await passer.hears("while it looks")).chat == channel
    # It asked by itself, and does so again.
    await owner.send(channel, "a second time")
    await passer.hears("a second time")
    assert await passer.standing(channel) == "out"


@scenario()
async def who_may_ask_what_happened_in_a_channel_is_told_when_to_ask_again(stage):
    owner, channel = await published(stage)
    passer = await stage.join("telethon-full", "Ignace")
    assert await passer.find_group(NAME) == channel
    then = await passer.log_of(channel)
    await owner.send(channel, "what it missed")
    assert await passer.missed(channel, then) == ("", ["what it missed"], PASSER_SECONDS)
    now = await passer.log_of(channel)
    assert await passer.missed(channel, now) == ("Empty", [], PASSER_SECONDS)
    assert await owner.missed(channel, now) == ("Empty", [], MEMBER_SECONDS)
    await owner.name_group(channel, "")
    await passer.refuses("CHANNEL_PRIVATE", passer.missed(channel, now))
    await passer.refuses("CHANNEL_PRIVATE", passer.history(channel))
