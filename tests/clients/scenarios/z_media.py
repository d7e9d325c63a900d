"""Media beside its bytes: notes and stickers, files that take another's place, timed photos, places that move."""

import asyncio

from harness.scenario import scenario
from scenarios.z_files import PAIRS, picture, plain

# A timed photo is shown for so many seconds.
SHOWN = 5
# Seconds for which a reference stays the same; it is good for one to two of them.
REFERENCE = 3


@scenario(each=PAIRS)
async def voice_notes_and_stickers_arrive_as_what_they_are(stage, kinds):
    one, two = await stage.two(kinds)
    note = await one.carry(two.id, _note(stage.server.folder / "note.ogg"), "voice", "listen")
    heard = await two.hears("listen")
    kind, sum, _ = await two.fetched(one.id, heard.id)
    assert (kind, sum) == ("voice", (await one.fetched(two.id, note))[1])
    assert await one.is_unheard(two.id, note) and await two.is_unheard(one.id, heard.id)
    await two.open_contents(one.id, heard.id)
    await one.comes_to(False, lambda: one.is_unheard(two.id, note))
    await two.comes_to(False, lambda: two.is_unheard(one.id, heard.id))
    sticker = await one.carry(two.id, _sticker(stage.server.folder / "sticker.webp"), "sticker")
    await one.send(two.id, "how is it?")
    await two.hears("how is it?")
    shown = (await two.history(one.id))[1]
    kind, sum, _ = await two.fetched(one.id, shown.id)
    assert (kind, sum) == ("sticker", (await one.fetched(two.id, sticker))[1])
    stage.quiet()


@scenario(each=PAIRS)
async def a_photo_takes_the_place_of_another(stage, kinds):
    one, two = await stage.two(kinds)
    first, second = (picture(stage.server.folder / f"view-{it}.png", 300, 200, it) for it in (3, 5))
    number = await one.carry(two.id, first, "photo", "the sea")
    heard = await two.hears("the sea")
    before = await two.fetched(one.id, heard.id)
    await one.replace(two.id, number, second, "the hills")
    await two.comes_to("the hills", lambda: _said(two, one.id))
    after = await two.fetched(one.id, heard.id)
    assert after[0] == "photo" and after[1] != before[1]
    stage.quiet()


@scenario(each=PAIRS)
async def a_timed_photo_is_over_for_both(stage, kinds):
    one, two = await stage.two(kinds)
    number = await one.carry_timed(two.id, picture(stage.server.folder / "view.png", 300, 200, 3), SHOWN)
    await one.send(two.id, "look quickly")
    await two.hears("look quickly")
    shown = (await two.history(one.id))[1]
    assert not await two.is_over(one.id, shown.id)
    assert (await two.fetched(one.id, shown.id))[0] == "photo"
    await two.open_contents(one.id, shown.id)
    await two.comes_to(True, lambda: two.is_over(one.id, shown.id))
    await one.comes_to(True, lambda: one.is_over(two.id, number))


@scenario(each=PAIRS)
async def a_live_place_moves_and_stops(stage, kinds):
    one, two = await stage.two(kinds)
    number = await one.send_live(two.id, 50.6292, 3.0573)
    await one.send(two.id, "follow me")
    await two.hears("follow me")
    shown = (await two.history(one.id))[1].id
    assert await two.whereabouts(one.id, shown) == (50.6292, 3.0573, True)
    await one.move(two.id, number, 50.637, 3.0633)
    await two.comes_to((50.637, 3.0633, True), lambda: two.whereabouts(one.id, shown))
    await one.stop_moving(two.id, number)
    await two.comes_to(False, lambda: _moves(two, one.id, shown))
    stage.quiet()


@scenario(each=["telethon-full", "tdlib-1.8.66"], file_reference_seconds=1)
async def a_reference_that_has_ended_is_refreshed_by_the_client_itself(stage, kind):
    one, two = await stage.two((kind, kind))
    path = stage.server.folder / "report.bin"
    sum = plain(path, 200_000)
    await one.carry(two.id, path, caption="the report")
    heard = await two.hears("the report")
    fetch = await two.held(one.id, heard.id)
    await asyncio.sleep(3)
    before = stage.server.calls("upload.getFile")
    assert await fetch() == sum
    parts = 200_000 // (512 << 10) + 1
    assert stage.server.calls("upload.getFile") - before > parts, "the first request was refused"


@scenario(file_reference_seconds=REFERENCE)
async def a_reference_that_has_ended_is_refused_and_the_message_brings_a_new_one(stage):
    # mtcute 0.30 leaves it to its user to ask for the message again.
    one, two = await stage.two(("mtcute-tcp", "mtcute-tcp"))
    path = stage.server.folder / "report.bin"
    sum = plain(path, 200_000)
    await one.carry(two.id, path, caption="the report")
    heard = await two.hears("the report")
    fetch = await two.held(one.id, heard.id)
    assert await fetch() == sum
    await asyncio.sleep(2 * REFERENCE + 1)
    await two.refuses("FILE_REFERENCE_EXPIRED", fetch())
    fetch = await two.held(one.id, heard.id)
    assert await fetch() == sum


async def _said(person, chat):
    return (await person.history(chat))[0].text


async def _moves(person, chat, number):
    return (await person.whereabouts(chat, number))[2]


def _note(path):
    """An Ogg page that says Opus: what a client takes for a voice note."""
    head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"
    page = b"OggS\0\x02" + bytes(8) + b"\x01\0\0\0" + bytes(8) + bytes([1, len(head)]) + head
    path.write_bytes(page + bytes(range(256)) * 20)
    return path


def _sticker(path):
    """A WebP of one colour, 512 by 512, lossless."""
    bits, done, data = 0, 0, bytearray()

    def put(value, width):
        nonlocal bits, done
        bits |= value << done
        done += width
        while done >= 8:
            data.append(bits & 255)
            bits >>= 8
            done -= 8

    # Width, height, alpha, version; no transform, no cache, no groups; five codes of one symbol each.
    for value, width in (511, 14), (511, 14), (1, 1), (0, 3), (0, 1), (0, 1), (0, 1):
        put(value, width)
    for symbol in 200, 60, 20, 255:
        for value, width in (1, 1), (0, 1), (1, 1), (symbol, 8):
            put(value, width)
    for value, width in (1, 1), (0, 1), (0, 1), (0, 1):
        put(value, width)
    put(0, 7)
    body = b"\x2f" + bytes(data)
    chunk = b"VP8L" + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) & 1)
    path.write_bytes(b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk)
    return path
