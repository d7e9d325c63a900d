"""What is kept: histories and their pages, dialogs, drafts, one's own notes."""
from telethon import functions

from stage import scenario


@scenario()
async def history_comes_in_pages_without_gaps(stage):
    one, two = await stage.two()
    wanted = [f"line {n}" for n in range(130)]
    for text in wanted:
        await one.client.send_message(two.user.id, text)
    for who, other in ((one, two), (two, one)):
        newest_first = [it.raw_text async for it in who.client.iter_messages(other.user.id)]
        assert newest_first == wanted[::-1]
        oldest_first = [it.raw_text async for it in who.client.iter_messages(other.user.id, reverse=True)]
        assert oldest_first == wanted
    page = await one.client.get_messages(two.user.id, 10)
    assert page.total == 130, page.total
    older = await one.client.get_messages(two.user.id, 10, offset_id=page[-1].id)
    assert [it.raw_text for it in older] == wanted[-11:-21:-1]
    by_id = await one.client.get_messages(two.user.id, ids=[page[0].id, page[5].id])
    assert [it.raw_text for it in by_id] == [wanted[-1], wanted[-6]]
    stage.quiet()


@scenario()
async def dialogs_are_ordered_by_their_newest_message(stage):
    one = await stage.person(1)
    others = [await stage.person(number) for number in (2, 3, 4)]
    for other in others:
        await one.knows(other)
    for other in [*others, others[0]]:
        await one.client.send_message(other.user.id, f"to {other.number}")
    listed = await one.client.get_dialogs()
    assert {it.id for it in listed} == {it.user.id for it in others}, listed
    assert listed[0].message.raw_text == "to 2", listed[0]
    assert await others[1].client.get_dialogs(), "the receiver has a dialog too"
    stage.quiet()


@scenario()
async def a_pinned_dialog_stands_first(stage):
    one, two = await stage.two()
    three = await stage.person(3)
    await one.knows(three)
    await one.client.send_message(two.user.id, "older")
    await one.client.send_message(three.user.id, "newer")
    peer = await one.client.get_input_entity(two.user.id)
    assert await one.client(functions.messages.ToggleDialogPinRequest(peer, pinned=True))
    listed = await one.client.get_dialogs()
    assert [(it.id, it.pinned) for it in listed] == [(two.user.id, True), (three.user.id, False)], listed


@scenario()
async def a_draft_waits_on_the_other_device(stage):
    one, two = await stage.two()
    tablet = await (await stage.device(1, "tablet")).sign_in()
    await one.client.send_message(two.user.id, "begins")
    peer = await one.client.get_input_entity(two.user.id)
    assert await one.client(functions.messages.SaveDraftRequest(peer, "not yet said"))
    drafts = await tablet.client.get_drafts()
    assert [it.raw_text for it in drafts if not it.is_empty] == ["not yet said"], drafts
    dialog = next(it for it in await tablet.client.get_dialogs() if it.id == two.user.id)
    assert dialog.draft.raw_text == "not yet said"
    await one.client(functions.messages.SaveDraftRequest(peer, ""))
    assert [it.raw_text for it in await tablet.client.get_drafts() if not it.is_empty] == []


@scenario()
async def notes_to_oneself_are_kept(stage):
    one = await stage.person(1)
    sent = await one.client.send_message("me", "remember the milk")
    kept = (await one.client.get_messages("me", 5))[0]
    assert (kept.id, kept.raw_text, kept.peer_id.user_id) == (sent.id, "remember the milk", one.user.id), kept
    assert [it.id for it in await one.client.get_dialogs()] == [one.user.id]
    stage.quiet()


@scenario()
async def a_search_finds_a_word_in_a_chat(stage):
    one, two = await stage.two()
    for text in ("apples and pears", "plums", "more pears"):
        await one.client.send_message(two.user.id, text)
    found = [it.raw_text async for it in two.client.iter_messages(one.user.id, search="pears")]
    assert found == ["more pears", "apples and pears"], found


@scenario()
async def a_profile_is_changed_and_seen(stage):
    one, two = await stage.two()
    await one.client(functions.account.UpdateProfileRequest(first_name="Alice", last_name="Liddell", about="down the hole"))
    seen = await two.client(functions.users.GetFullUserRequest(one.user.id))
    assert seen.full_user.about == "down the hole"
    me = await one.client.get_me()
    assert (me.first_name, me.last_name) == ("Alice", "Liddell")
