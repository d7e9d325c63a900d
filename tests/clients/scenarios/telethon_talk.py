"""Two people at Telethon: everything that a conversation is made of."""

from person import COMPLAINTS, KINDS, Person, stored, two
from server import Server
from telethon import errors, functions, types


async def every_transport_signs_up_and_writes():
    with Server() as server:
        COMPLAINTS.lines.clear()
        for number, kind in enumerate(KINDS):
            person = await Person(server, f"999662200{number}", kind.title(), kind).join()
            await person.client.send_message("me", f"by {kind}")
            assert await person.texts("me") == [f"by {kind}"]
            await person.leave()
        assert COMPLAINTS.lines == []


async def a_conversation_reaches_both_sides_at_once():
    with Server() as server:
        COMPLAINTS.lines.clear()
        alice, bob, bob_there, alice_there = await two(server)
        before = server.calls("updates.getDifference")
        sent = await alice.client.send_message(bob_there, "hello **Bob**, see https://example.org")
        assert [type(it).__name__ for it in sent.entities] == ["MessageEntityBold", "MessageEntityUrl"]
        await bob.hears("new", "hello Bob, see https://example.org")
        got = (await bob.client.get_messages(alice_there, limit=1))[0]
        answer = await bob.client.send_message(alice_there, "hi Alice", reply_to=got)
        await alice.hears("new", "hi Alice")
        seen = (await alice.client.get_messages(bob_there, limit=1))[0]
        assert (seen.reply_to.reply_to_msg_id, seen.out) == (sent.id, False)
        await alice.client.edit_message(bob_there, sent.id, "hello, Bob!")
        await bob.hears("edited", "hello, Bob!")
        await bob.client.send_read_acknowledge(alice_there)
        await alice.hears("read", sent.id, True)
        await alice.client.delete_messages(bob_there, [sent.id], revoke=True)
        await bob.hears("deleted", [got.id])
        assert await alice.texts(bob_there) == await bob.texts(alice_there) == ["hi Alice"]
        assert answer.out and server.calls("updates.getDifference") == before, "nobody had a reason to ask"
        await alice.leave(), await bob.leave()
        assert COMPLAINTS.lines == []


async def who_was_away_gets_exactly_what_was_missed():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        session = stored(bob)
        state = await bob.client(functions.updates.GetStateRequest())
        await bob.leave()
        for number in range(5):
            await alice.client.send_message(bob_there, f"missed {number}")
        back = Person(server, bob.phone, bob.name, session=session)
        await back.client.connect()
        found = await back.client(functions.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0))
        assert [message.message for message in found.new_messages] == [f"missed {number}" for number in range(5)]
        assert found.state.pts == state.pts + 5
        empty = await back.client(functions.updates.GetDifferenceRequest(pts=found.state.pts, date=found.state.date, qts=0))
        assert isinstance(empty, types.updates.DifferenceEmpty)
        await back.leave(), await alice.leave()


async def nothing_acknowledged_is_lost_when_the_server_is_killed():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        kept, sessions = [], (stored(alice), stored(bob))
        for round_ in range(3):
            for number in range(10):
                text = f"round {round_} message {number}"
                await alice.client.send_message(bob_there, text)
                kept.append(text)
            server.kill()
            await alice.leave(), await bob.leave()
            server.start()
            alice = Person(server, alice.phone, "Alice", session=sessions[0])
            bob = Person(server, bob.phone, "Bob", session=sessions[1])
            await alice.client.connect(), await bob.client.connect()
            found = await alice.client(functions.messages.GetHistoryRequest(
                types.InputPeerUser(bob_there.id, bob_there.access_hash), 0, None, 0, 100, 0, 0, 0))
            assert [it.message for it in reversed(found.messages)] == kept
        await alice.leave(), await bob.leave()


async def a_repeated_random_id_sends_once():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        request = functions.messages.SendMessageRequest(bob_there, "once", random_id=4711)
        first, second = await alice.client(request), await alice.client(request)
        number = lambda answer: next(it.id for it in answer.updates if isinstance(it, types.UpdateMessageID))
        assert number(first) == number(second)
        assert await bob.texts(alice_there) == ["once"]
        await alice.leave(), await bob.leave()


async def dialogs_drafts_pins_and_history_pages():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        for number in range(25):
            await alice.client.send_message(bob_there, str(number))
        assert await bob.texts(alice_there) == [str(number) for number in range(25)]
        page = await bob.client.get_messages(alice_there, limit=5, offset_id=11)
        assert [it.message for it in page] == ["9", "8", "7", "6", "5"] and page.total == 25
        newer = await bob.client.get_messages(alice_there, limit=3, min_id=10, reverse=True)
        assert [it.message for it in newer] == ["10", "11", "12"]
        dialog = next(it for it in await bob.client.get_dialogs() if it.entity.id == alice.id)
        assert (dialog.unread_count, dialog.message.message) == (25, "24")
        await bob.client(functions.messages.SaveDraftRequest(alice_there, "half a thou"))
        dialog = next(it for it in await bob.client.get_dialogs() if it.entity.id == alice.id)
        assert dialog.draft.text == "half a thou"
        peer = types.InputDialogPeer(await bob.client.get_input_entity(alice_there))
        await bob.client(functions.messages.ToggleDialogPinRequest(peer, pinned=True))
        assert (await bob.client.get_dialogs())[0].pinned
        saved = await bob.client.forward_messages("me", page[0])
        assert saved.fwd_from.from_id.user_id == alice.id
        await alice.leave(), await bob.leave()


async def names_are_found_and_taken_once():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        await alice.client(functions.account.UpdateUsernameRequest("claude_chappe"))
        found = await bob.client.get_entity("claude_chappe")
        assert found.id == alice.id
        for call, error in [
            (functions.account.UpdateUsernameRequest("Claude_Chappe"), errors.UsernameOccupiedError),
            (functions.account.UpdateUsernameRequest("no"), errors.UsernameInvalidError),
            (functions.contacts.ResolveUsernameRequest("nobody_there"), errors.UsernameNotOccupiedError),
        ]:
            try:
                await bob.client(call)
                raise AssertionError(f"{error} expected")
            except error:
                pass
        await alice.leave(), await bob.leave()
