"""What people keep of files: saved on one device and found on another, shown to others as far as they may see it."""

import hashlib

from harness.scenario import scenario
from harness.server import ROOT
from harness.stage import LIBRARIES

SAMPLES = ROOT / "crates" / "media" / "samples"
OTHER = dict(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]))


def sum_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@scenario(each=LIBRARIES)
async def a_gif_is_saved_on_one_device_and_seen_on_another(stage, kind):
    one, two = await stage.two((kind, OTHER[kind]))
    device = await stage.device(two, kind)
    await device.sign_in()
    # A film without sound, which is what a GIF is.
    path = SAMPLES / "fragments.mp4"
    sent = await one.send_gif(two.id, path)
    # What is sent is saved by itself.
    await one.comes_to([sum_of(path)], one.gifs)
    await two.comes_to(1, lambda: _length(two, one.id))
    heard = (await two.history(one.id))[0]
    assert await two.gifs() == []
    await two.save_gif(one.id, heard.id)
    await device.comes_to([sum_of(path)], device.gifs)
    await one.delete(two.id, [sent])
    await two.sees_deletion(heard.id)
    assert await two.gifs() == [sum_of(path)], "what is kept outlives its message"


async def _length(person, chat):
    return len(await person.history(chat))


@scenario(each=LIBRARIES)
async def a_sound_is_uploaded_on_one_device_and_fetched_on_another(stage, kind):
    one = await stage.join(kind, "Claude")
    device = await stage.device(one, OTHER[kind])
    await device.sign_in()
    path = SAMPLES / "tagged.mp3"
    await one.add_sound(path)
    await device.comes_to([sum_of(path)], device.sounds)
    assert await one.sounds() == [sum_of(path)]


@scenario(each=LIBRARIES)
async def a_song_stands_on_a_profile_until_it_is_taken_off(stage, kind):
    one, two = await stage.two((kind, OTHER[kind]))
    path = SAMPLES / "tagged.mp3"
    number = await one.send_song(one.id, path)
    await one.put_song(one.id, number)
    await two.comes_to([sum_of(path)], lambda: two.songs(one.id))
    await one.put_song(one.id, number, yes=False)
    await one.comes_to([], lambda: one.songs(one.id))


@scenario(each=LIBRARIES, outbox=LIBRARIES[:1])
async def a_wallpaper_is_set_for_both_and_taken_off_by_the_other(stage, kind):
    one, two = await stage.two((kind, OTHER[kind]))
    first, second = SAMPLES / "still.jpg", picture(stage.server.folder / "wall.jpg")
    await two.set_wallpaper(one.id, first)
    await two.comes_to(sum_of(first), lambda: two.wallpaper(one.id))
    assert await one.wallpaper(two.id) is None, "each side has its own"
    await one.set_wallpaper(two.id, second, for_both=True)
    for each, other in (one, two), (two, one):
        await each.comes_to(sum_of(second), lambda each=each, other=other: each.wallpaper(other.id))
    await two.take_off_wallpaper(one.id)
    await two.comes_to(sum_of(first), lambda: two.wallpaper(one.id))
    assert await one.wallpaper(two.id) == sum_of(second)
    stage.quiet()


def picture(path):
    """The same picture with a comment in it: another file."""
    jpeg = (SAMPLES / "still.jpg").read_bytes()
    path.write_bytes(jpeg[:2] + b"\xff\xfe\x00\x07other" + jpeg[2:])
    return path


@scenario(each=LIBRARIES)
async def a_server_comes_with_wallpapers_of_colours(stage, kind):
    one = await stage.join(kind, "Claude")
    assert await one.wallpapers() == 10


@scenario(each=LIBRARIES)
async def wallpapers_are_put_on_a_list_taken_off_and_all_of_them_reset(stage, kind):
    one = await stage.join(kind, "Claude")
    device = await stage.device(one, OTHER[kind])
    await device.sign_in()
    first, second = SAMPLES / "still.jpg", picture(stage.server.folder / "wall.jpg")
    for path in first, second:
        await one.add_wallpaper(path)
    sums = [sum_of(second), sum_of(first)]
    assert await one.wallpaper_files() == sums and await device.wallpaper_files() == sums
    await one.drop_wallpaper(0)
    assert await one.wallpaper_files() == sums[1:] and await one.wallpapers() == 11
    await device.comes_to(sums[1:], device.wallpaper_files)
    await one.reset_wallpapers()
    assert await one.wallpaper_files() == [] and await one.wallpapers() == 10


@scenario(each=["telethon-full", "mtcute-tcp"])
async def who_keeps_a_gif_finds_it_by_its_hash_and_nobody_else(stage, kind):
    # TDLib 1.8.68 does not ask for files by their hashes.
    one, two = await stage.two((kind, kind))
    path, other = SAMPLES / "fragments.mp4", SAMPLES / "fast.mp4"
    await one.send_gif(two.id, path)
    await one.comes_to([sum_of(path)], one.gifs)
    assert await one.by_hash(path, "video/mp4") == sum_of(path)
    assert await one.by_hash(other, "video/mp4") is None
    await two.comes_to(1, lambda: _length(two, one.id))
    assert await two.by_hash(path, "video/mp4") is None, "it has the file in a chat, and keeps none"
    await two.save_gif(one.id, (await two.history(one.id))[0].id)
    assert await two.by_hash(path, "video/mp4") == sum_of(path)


@scenario(each=LIBRARIES)
async def what_is_saved_by_itself_is_the_same_on_each_device(stage, kind):
    one = await stage.join(kind, "Claude")
    device = await stage.device(one, OTHER[kind])
    await device.sign_in()
    assert not await one.saves_photos() and not await device.saves_photos()
    await one.save_photos()
    await device.comes_to(True, device.saves_photos)
    await device.save_photos(False)
    await one.comes_to(False, one.saves_photos)
    assert await one.largest_fetched() == await device.largest_fetched() == (0, 15 << 20)
