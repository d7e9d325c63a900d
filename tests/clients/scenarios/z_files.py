"""Files: sent by one client, fetched by another, byte for byte, and what a kill in the middle costs."""

import asyncio
import hashlib
import struct
import zlib

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, NEWEST

# Who sends, who fetches: each library in each part with each other.
PAIRS = [(one, two) for one in LIBRARIES for two in LIBRARIES]


def picture(path, width, height, seed):
    """A PNG of colours that no other seed has."""
    rows = b"".join(
        b"\0" + bytes(byte for x in range(width) for byte in ((x * seed) & 255, (y * 3) & 255, (x + y + seed) & 255))
        for y in range(height))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(png)
    return path


def plain(path, size):
    """Bytes that do not compress; their SHA-256."""
    whole, block = hashlib.sha256(), b""
    with path.open("wb") as file:
        for at in range(0, size, 1 << 20):
            block = hashlib.shake_128(at.to_bytes(8, "big")).digest(min(1 << 20, size - at))
            file.write(block)
            whole.update(block)
    return whole.hexdigest()


@scenario(each=[*PAIRS, (NEWEST, LIBRARIES[0]), (LIBRARIES[1], NEWEST), *APART], outbox=PAIRS[:3])
async def a_document_arrives_as_it_was_sent(stage, kinds):
    one, two = await stage.two(kinds)
    for size in 5, 70_000, 3_000_000:
        path = stage.server.folder / f"report-{size}.bin"
        sum = plain(path, size)
        await one.carry(two.id, str(path), caption=f"{size} bytes")
        heard = await two.hears(f"{size} bytes")
        assert (await two.fetched(one.id, heard.id))[:2] == ("document", sum)
    stage.quiet()


@scenario(each=PAIRS, outbox=PAIRS[:1])
async def photos_come_in_sizes_and_albums_stay_together(stage, kinds):
    one, two = await stage.two(kinds)
    paths = [picture(stage.server.folder / f"view-{it}.png", 900, 600, it) for it in (3, 5)]
    await one.carry(two.id, paths[0], "photo", "the sea")
    heard = await two.hears("the sea")
    kind, _, album = await two.fetched(one.id, heard.id)
    assert (kind, album) == ("photo", None)
    mine = (await one.history(two.id))[0]
    # Of its sizes each client fetches the one that it likes.
    assert (await one.fetched(two.id, mine.id))[0] == "photo"
    await one.carry_album(two.id, paths, "two views")
    await two.hears("two views")
    await two.comes_to(3, lambda: _length(two, one.id))
    albums = [(await two.fetched(one.id, it.id))[2] for it in await two.history(one.id)]
    assert sorted(it is None for it in albums) == [False, False, True] and len(set(albums)) == 2, albums
    stage.quiet()


async def _length(person, chat):
    return len(await person.history(chat))


@scenario(each=LIBRARIES)
async def a_forward_of_a_file_is_the_same_file(stage, kind):
    one, two = await stage.two((kind, kind))
    path = stage.server.folder / "forwarded.bin"
    sum = plain(path, 200_000)
    await one.carry(two.id, path, caption="keep this")
    heard = await two.hears("keep this")
    await two.forward(one.id, heard.id, two.id)
    kept = (await two.history(two.id))[0]
    await one.delete(two.id, [(await one.history(two.id))[0].id])
    await two.sees_deletion(heard.id)
    assert (await two.fetched(two.id, kept.id))[:2] == ("document", sum), "a forward outlives what it was made of"


@scenario(each=LIBRARIES)
async def places_are_seen_where_they_are(stage, kind):
    one, two = await stage.two((kind, "telethon-full"))
    number = await one.send_place(two.id, 48.8584, 2.2945)
    assert await one.place(two.id, number) == (48.8584, 2.2945)
    await one.send(two.id, "meet me there")
    await two.hears("meet me there")
    shown = (await two.history(one.id))[1]
    assert await two.place(one.id, shown.id) == (48.8584, 2.2945)


@scenario(seconds=240, rough=True, each=[("telethon-full", "tdlib-1.8.66"), ("tdlib-1.8.66", "mtcute-tcp")])
async def a_hundred_megabytes_arrive_though_the_server_is_killed(stage, kinds):
    one, two = await stage.two(kinds)
    path = stage.server.folder / "film.bin"
    sum = plain(path, 100 << 20)
    sending = asyncio.create_task(one.carry(two.id, path, caption="the film"))
    await _under_way(stage, "upload.saveBigFilePart", sending)
    await stage.server.kill()
    await stage.server.start()
    await sending
    heard = await two.hears("the film")
    fetching = asyncio.create_task(two.fetched(one.id, heard.id))
    await _under_way(stage, "upload.getFile", fetching)
    await stage.server.kill()
    await stage.server.start()
    assert (await fetching)[:2] == ("document", sum)


async def _under_way(stage, method, task):
    """Waits until some parts have gone, and not all."""
    while stage.server.calls(method) < 8:
        assert not task.done(), f"{method} was over before anything could happen: {task}"
        await asyncio.sleep(0.01)


@scenario(seconds=2 * 1500, large=True, each=[("telethon-full", "tdlib-1.8.66"), ("tdlib-1.8.66", "telethon-full")])
async def two_gigabytes_arrive_as_they_were_sent(stage, kinds):
    one, two = await stage.two(kinds)
    path = stage.server.folder / "film.bin"
    # The largest that there is: 4,000 parts of 512 KB.
    sum = plain(path, 2000 << 20)
    await one.carry_large(two.id, path, "the whole film")
    heard = await two.hears("the whole film")
    assert await two.fetched_large(one.id, heard.id) == sum
