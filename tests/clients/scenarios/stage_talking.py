"""Two people online: what one does, the other sees, and nobody has to ask for a difference."""
from telethon import events, functions, types

from stage import TRANSPORTS, each, scenario


@each(TRANSPORTS)
async def two_people_write_to_each_other(stage, value):
    one, two = await stage.two(transport=value)
    for n in range(5):
        sent = await one.client.send_message(two.user.id, f"to two {n}")
        got = await two.receives(f"to two {n}")
        assert (got.sender_id, got.date, sent.out) == (one.user.id, sent.date, True), (got, sent)
        await two.client.send_message(one.user.id, f"to one {n}")
        await one.receives(f"to one {n}")
    assert one.texts() == [f"to one {n}" for n in range(5)]
    assert two.texts() == [f"to two {n}" for n in range(5)]
    stage.quiet()


@scenario()
async def a_first_message_to_a_stranger_arrives_with_its_sender(stage):
    one, two = await stage.person(1, name="Alice"), await stage.person(2)
    await one.client(functions.account.UpdateUsernameRequest("alice_writes"))
    found = await two.client.get_entity("alice_writes")
    assert found.id == one.user.id
    await two.client.send_message("alice_writes", "hello, stranger")
    message = await one.receives("hello, stranger")
    sender = await message.get_sender()
    assert (sender.id, sender.first_name) == (two.user.id, "Person 2"), sender
    await message.reply("hello")
    await two.receives("hello")
    stage.quiet()


@scenario()
async def formatting_arrives_as_it_left(stage):
    one, two = await stage.two()
    await one.client.send_message(two.user.id, "**bold** `code` __🙂 slanted__ [a link](https://a.example/)")
    got = await two.receives("bold code 🙂 slanted a link")
    spans = [(type(it).__name__, it.offset, it.length) for it in got.entities]
    assert spans == [("MessageEntityBold", 0, 4), ("MessageEntityCode", 5, 4),
                     ("MessageEntityItalic", 10, 10), ("MessageEntityTextUrl", 21, 6)], spans
    assert got.entities[3].url == "https://a.example/"
    stage.quiet()


@scenario()
async def a_reply_points_at_the_other_sides_copy(stage):
    one, two = await stage.two()
    await two.client.send_message("me", "so that the two count differently")
    await one.client.send_message(two.user.id, "question")
    question = await two.receives("question")
    await question.reply("answer")
    answer = await one.receives("answer")
    asked = await answer.get_reply_message()
    assert (asked.raw_text, asked.out) == ("question", True), asked
    stage.quiet()


@scenario()
async def an_edit_arrives(stage):
    one, two = await stage.two()
    sent = await one.client.send_message(two.user.id, "first draught")
    got = await two.receives("first draught")
    edited = await one.client.edit_message(sent, "second draught")
    event = await two.expect(events.MessageEdited)
    assert (event.message.id, event.raw_text) == (got.id, "second draught"), event
    assert event.message.edit_date is not None and edited.edit_date is not None
    stage.quiet()


@scenario()
async def a_message_deleted_for_both_goes_from_both(stage):
    one, two = await stage.two()
    await one.client.send_message(two.user.id, "stays")
    sent = await one.client.send_message(two.user.id, "goes")
    got = await two.receives("goes")
    await one.client.delete_messages(two.user.id, [sent.id], revoke=True)
    event = await two.expect(events.MessageDeleted)
    assert event.deleted_ids == [got.id], event
    for who, other in ((one, two), (two, one)):
        assert [it.raw_text for it in await who.client.get_messages(other.user.id, 10)] == ["stays"]
    stage.quiet()


@scenario()
async def a_message_deleted_for_oneself_stays_with_the_other(stage):
    one, two = await stage.two()
    sent = await one.client.send_message(two.user.id, "only there")
    await two.receives("only there")
    await one.client.delete_messages(two.user.id, [sent.id], revoke=False)
    assert list(await one.client.get_messages(two.user.id, 10)) == []
    assert [it.raw_text for it in await two.client.get_messages(one.user.id, 10)] == ["only there"]
    stage.quiet()


@scenario()
async def a_read_mark_reaches_the_writer(stage):
    one, two = await stage.two()
    for text in ("one", "two", "three"):
        sent = await one.client.send_message(two.user.id, text)
    got = await two.receives("three")
    assert (await two.client.get_dialogs())[0].unread_count == 3
    await two.client.send_read_acknowledge(one.user.id, got)
    event = await one.expect(events.MessageRead, lambda it: it.outbox)
    assert event.max_id == sent.id, event
    assert (await two.client.get_dialogs())[0].unread_count == 0
    stage.quiet()


@scenario()
async def typing_is_seen_by_who_is_online(stage):
    one, two = await stage.two()
    await two.client(functions.account.UpdateStatusRequest(offline=False))
    async with one.client.action(two.user.id, "typing"):
        event = await two.expect(events.UserUpdate, lambda it: it.typing)
    assert event.original_update.user_id == one.user.id
    stage.quiet()


@scenario()
async def a_forward_names_whom_it_came_from(stage):
    one, two = await stage.two()
    three = await stage.person(3)
    await two.knows(three)
    await one.client.send_message(two.user.id, "pass it on")
    got = await two.receives("pass it on")
    await two.client.forward_messages(three.user.id, got)
    passed = await three.receives("pass it on")
    assert passed.sender_id == two.user.id
    assert passed.fwd_from.from_id == types.PeerUser(one.user.id), passed.fwd_from
    stage.quiet()


@scenario()
async def two_devices_of_one_person_see_the_same(stage):
    one, two = await stage.two()
    tablet = await (await stage.device(1, "tablet", "abridged")).sign_in()
    await one.client.send_message(two.user.id, "from the phone")
    event = await tablet.expect(events.NewMessage, lambda it: it.raw_text == "from the phone")
    assert event.out and event.message.peer_id == types.PeerUser(two.user.id), event
    await two.client.send_message(one.user.id, "to both")
    got = [await it.receives("to both") for it in (one, tablet)]
    assert got[0].id == got[1].id
    await one.client.send_read_acknowledge(two.user.id, got[0])
    await tablet.expect(events.MessageRead, lambda it: it.inbox)
    stage.quiet()


@scenario()
async def a_hundred_messages_keep_their_order(stage):
    one, two = await stage.two()
    wanted = [f"number {n}" for n in range(100)]
    for text in wanted:
        await one.client.send_message(two.user.id, text)
    await two.receives(wanted[-1])
    assert two.texts() == wanted
    stage.quiet()
