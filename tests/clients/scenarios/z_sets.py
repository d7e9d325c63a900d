"""Sets of each kind: masks and custom emoji beside stickers, what is put away, what is found."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

from .z_files import picture
from .z_stickers import DEVICES, pictures

# Who makes the sets, who has them.
PAIRS = list(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]))


def emoji(stage, *all):
    """Pictures as large as custom emoji are."""
    return [(picture(stage.server.folder / f"emoji-{at}.png", 100, 100, at + 5), it) for at, it in enumerate(all)]


@scenario(each=PAIRS)
async def masks_and_custom_emoji_have_lists_of_their_own(stage, kinds):
    maker, other = await stage.two(kinds)
    await maker.make_set("Beards", "beards", pictures(stage, "😀"), "mask")
    await maker.make_set("Faces", "faces", emoji(stage, "😀", "🐱"), "emoji")
    for person in maker, other:
        if person is other:
            await other.install("beards")
            await other.install("faces")
        assert await person.installed_of("mask") == ["beards"]
        assert await person.installed_of("emoji") == ["faces"]
        assert await person.installed_of("regular") == []
    assert await other.set_of("faces") == ("Faces", ["😀", "🐱"])
    files = await maker.files_of("faces")
    assert len(set(files)) == 2 and await other.files_of("faces") == files
    assert await other.files_of("beards") == await maker.files_of("beards")


@scenario(each=DEVICES)
async def a_custom_emoji_in_a_text_is_seen_on_the_other_device(stage, kinds):
    one = await stage.join(kinds[0], "Claude")
    await one.make_set("Faces", "faces_in_texts", emoji(stage, "😀", "🐱"), "emoji")
    second = await stage.device(one, kinds[1])
    await second.sign_in()
    # To oneself, where every client sends what it would have paid for elsewhere.
    number = await one.send_emoji(one.id, "faces_in_texts", 1)
    file = (await one.files_of("faces_in_texts"))[1]
    assert await one.emoji_in(one.id, number) == [file]
    await second.comes_to([number], lambda: _numbers(second))
    assert await second.emoji_in(second.id, number) == [file]


async def _numbers(person):
    return [it.id for it in await person.history(person.id)]


@scenario(each=DEVICES)
async def a_set_that_is_put_away_is_so_on_each_device(stage, kinds):
    one = await stage.join(kinds[0], "Claude")
    for name, kind in ("cats", "regular"), ("dogs", "regular"), ("faces", "emoji"):
        files = emoji(stage, "😀") if kind == "emoji" else pictures(stage, "😀")
        await one.make_set(name.title(), f"{name}_away", files, kind)
    second = await stage.device(one, kinds[1])
    await second.sign_in()
    assert await second.installed_of("regular") == ["dogs_away", "cats_away"]
    for device in one, second:
        assert await device.archived_sets("regular") == []
    await one.put_away("cats_away")
    await one.put_away("faces_away")
    await second.comes_to(["dogs_away"], lambda: second.installed_of("regular"))
    await second.comes_to([], lambda: second.installed_of("emoji"))
    await second.comes_to(["cats_away"], lambda: second.archived_sets("regular"))
    await second.comes_to(["faces_away"], lambda: second.archived_sets("emoji"))
    await second.install("cats_away")
    await one.comes_to(["cats_away", "dogs_away"], lambda: one.installed_of("regular"))
    await one.comes_to([], lambda: one.archived_sets("regular"))


@scenario(each=PAIRS)
async def sets_are_found_by_words_and_stickers_by_emoji(stage, kinds):
    maker, other = await stage.two(kinds)
    await maker.make_set("Signal towers", "towers_of_lille", pictures(stage, "😀", "🐱"))
    await maker.make_set("Small towers", "small_towers", emoji(stage, "😀"), "emoji")
    for words in "towers", "sign tow", "towers_of_lille":
        assert await other.find_sets(words, "regular") == ["towers_of_lille"], words
    assert await other.find_sets("small", "emoji") == ["small_towers"]
    assert await other.find_sets("small", "regular") == [] and await other.find_sets("castle", "regular") == []
    cat = (await maker.files_of("towers_of_lille"))[1:]
    # TDLib keeps what it was told, so the question is another.
    assert await other.find_stickers("😀") == [], "of sets that one has"
    await other.install("towers_of_lille")
    await other.comes_to(cat, lambda: other.find_stickers("🐱"))
