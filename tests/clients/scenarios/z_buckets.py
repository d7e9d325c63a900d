"""A server whose files lie at an S3 server that others wrote: clients see no difference, and nothing is left behind."""

import asyncio
import hashlib

from harness.scenario import scenario
from harness.stage import LIBRARIES

from .z_files import picture, plain

PAIRS = list(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]))
SIZE = 5_000_000
# Where the second half begins, which is where a part does: mtcute asks for parts from there on.
HALF = 5 << 19
# Files that nothing carries are removed after so many seconds, and looked for as often.
UNUSED = 4
# How long that may take: each pass looks at the age first.
GONE_SECONDS = 40


@scenario(seconds=150, each=PAIRS, s3=True, unused_file_seconds=UNUSED)
async def files_lie_in_a_bucket_and_leave_it_with_their_messages(stage, kinds):
    one, two = await stage.two(kinds)
    bucket = stage.server.bucket
    path = stage.server.folder / "film.bin"
    whole = plain(path, SIZE)
    sent = [await one.carry(two.id, path, caption="the film")]
    film = await two.hears("the film")
    # Colours that change from pixel to pixel, so that its sizes are large.
    sent.append(await one.carry(two.id, picture(stage.server.folder / "view.png", 900, 600, 113), "photo", "the view"))
    view = await two.hears("the view")
    kept = await bucket.objects()
    assert sum(kept.values()) > SIZE and len(kept) > 1, kept
    for at in 0, HALF, SIZE - 32:
        assert not await bucket.holds(path.read_bytes()[at:at + 32]), f"bytes from {at} on lie there as they were sent"
    assert await two.fetched_from(one.id, film.id, HALF) == hashlib.sha256(path.read_bytes()[HALF:]).hexdigest()
    # What is carried stays, however old it is; what a photo was made of goes.
    await asyncio.sleep(3 * UNUSED)
    stays = await bucket.objects()
    assert stays.keys() < kept.keys() and sum(stays.values()) > SIZE and len(stays) > 1, (stays, kept)
    assert (await two.fetched(one.id, film.id))[:2] == ("document", whole)
    assert (await two.fetched(one.id, view.id))[0] == "photo"
    await one.delete(two.id, sent)
    await two.sees_deletion(film.id, view.id)
    async with asyncio.timeout(GONE_SECONDS):
        while await bucket.objects():
            await asyncio.sleep(0.5)
