"""Two people at two clients: everything that a conversation is made of, and nobody ever has to ask what was missed."""

import itertools

from harness.scenario import scenario
from harness.stage import APART, BETWEEN, EVERY, LIBRARIES, MTCUTE, NEWEST, OLDER, OLDEST, TDLIB, TELETHON

# All libraries in both directions, and every other way of each client at least once.
PAIRS = list(itertools.product(LIBRARIES, LIBRARIES))
PAIRS += list(zip(TELETHON[1:], [*MTCUTE[1:], TDLIB[1]]))
PAIRS += list(zip(MTCUTE[1:], TDLIB[1:]))
PAIRS += [*APART, (OLDEST, BETWEEN), (BETWEEN, MTCUTE[0])]


@scenario(each=PAIRS, outbox=list(itertools.product(LIBRARIES, LIBRARIES)))
async def a_conversation(stage, kinds):
    one, two = await stage.two(kinds)
    hello = await one.send(two.id, "hello, Ignace")
    heard = await two.hears("hello, Ignace")
    assert heard.chat == one.id
    assert (await two.dialog(one.id)).unread == 1
    await two.read(one.id, heard.id)
    await one.sees_read(hello)
    assert (await two.dialog(one.id)).unread == 0

    answer = await two.send(one.id, "good day, Claude", reply_to=heard.id)
    got = await one.hears("good day, Claude")
    assert got.reply_to == hello, f"a reply names the message by the id on the reader's side: {got}"

    await one.edit(two.id, hello, "hello, dear Ignace")
    assert (await two.sees_edit("hello, dear Ignace")).id == heard.id

    await two.delete(one.id, [answer])
    await one.sees_deletion(got.id)
    await one.send(two.id, "for my eyes")
    mine = await two.hears("for my eyes")
    await two.delete(one.id, [mine.id], for_all=False)

    assert await one.texts(two.id) == ["hello, dear Ignace", "for my eyes"]
    assert await two.texts(one.id) == ["hello, dear Ignace"]
    stage.quiet()


@scenario(seconds=150, outbox=True)
async def everybody_writes_to_everybody(stage):
    people = [await stage.join(kind, f"Person {at}") for at, kind in enumerate([*EVERY, *OLDER])]
    await stage.acquaint(*people)
    await stage.settle()
    for one, other in itertools.permutations(people, 2):
        await one.send(other.id, f"{one.kind} to {other.kind}")
    for one, other in itertools.permutations(people, 2):
        await other.hears(f"{one.kind} to {other.kind}")
    stage.quiet()
    for one, other in itertools.combinations(people, 2):
        said = {f"{one.kind} to {other.kind}", f"{other.kind} to {one.kind}"}
        assert set(await one.texts(other.id)) == said == set(await other.texts(one.id))


@scenario(each=[*LIBRARIES, OLDEST, NEWEST], outbox=LIBRARIES)
async def all_devices_of_a_person_show_the_same(stage, kind):
    one, two = await stage.two((kind, "telethon-full"))
    tablets = []
    for other in LIBRARIES if kind in LIBRARIES else (OLDEST, NEWEST):
        tablets.append(await stage.device(one, other))
        await tablets[-1].sign_in()
    await stage.settle()
    sent = await one.send(two.id, "from my telephone")
    heard = await two.hears("from my telephone")
    for tablet in tablets:
        event = await tablet.expect("new", lambda it: it.message.text == "from my telephone")
        assert (event.message.out, event.message.id) == (True, sent), event
    answer = await two.send(one.id, "which one?")
    for device in (one, *tablets):
        got = await device.hears("which one?")
    await tablets[0].read(two.id, got.id)
    await two.sees_read(answer)
    for device in (one, *tablets[1:]):
        await device.expect("seen", lambda it: it.up_to >= got.id, f"up to {got.id}")
    await tablets[-1].delete(two.id, [sent])
    await two.sees_deletion(heard.id)
    for device in (one, *tablets[:-1]):
        await device.sees_deletion(sent)
    stage.quiet()
