"""Accounts at Telethon: codes, passwords, devices."""

from person import Person, stored, two
from server import Server
from telethon import errors, functions, types


async def _refused(error, call):
    try:
        await call
    except error:
        return
    raise AssertionError(f"{error.__name__} expected")


async def wrong_codes_and_numbers_are_refused_by_name():
    with Server() as server:
        person = Person(server, "9996621001", "Alice")
        await person.client.connect()
        sent = await person.client.send_code_request("+9996621001")
        sign_in = lambda code, name=sent.phone_code_hash: person.client(functions.auth.SignInRequest("9996621001", name, code))
        await _refused(errors.PhoneCodeInvalidError, sign_in("11111"))
        await _refused(errors.PhoneCodeExpiredError, sign_in("22222", "another"))
        await _refused(errors.PhoneNumberInvalidError, person.client.send_code_request("+12"))
        await _refused(errors.AuthKeyUnregisteredError, person.client(functions.updates.GetStateRequest()))
        await person.leave()


async def only_invited_numbers_register_and_the_operator_reads_their_code():
    with Server() as server:
        person = Person(server, "33123456789", "Claude")
        await person.client.connect()
        sent = await person.client.send_code_request("+33123456789")
        code = server.command("user", "code", "+33123456789").strip()
        assert code.isdigit() and len(code) == 5, code
        sign_in = functions.auth.SignInRequest("33123456789", sent.phone_code_hash, code)
        await _refused(errors.PhoneNumberUnoccupiedError, person.client(sign_in))
        assert "may register" in server.command("user", "add", "+33123456789")
        assert isinstance(await person.client(sign_in), types.auth.AuthorizationSignUpRequired)
        sign_up = functions.auth.SignUpRequest("33123456789", sent.phone_code_hash, "Claude", "Chappe")
        assert (await person.client(sign_up)).user.last_name == "Chappe"
        assert code not in server.log.read_text() and "33123456789" not in server.log.read_text()
        await person.leave()


async def a_password_is_asked_for_and_can_be_taken_away():
    with Server() as server:
        alice = await Person(server, "9996621001", "Alice").join()
        await alice.client.edit_2fa(new_password="semaphore", hint="arms")
        second = Person(server, "9996621001", "Alice")
        await second.client.connect()
        await second.client.send_code_request("+9996621001")
        await _refused(errors.SessionPasswordNeededError, second.client.sign_in("+9996621001", "22222"))
        await _refused(errors.PasswordHashInvalidError, second.client.sign_in(password="telegraph"))
        assert (await second.client.sign_in(password="semaphore")).id == alice.id
        await second.client.edit_2fa(current_password="semaphore")
        assert not (await alice.client(functions.account.GetPasswordRequest())).has_password
        await alice.leave(), await second.leave()


async def a_login_survives_a_restart_and_ends_when_logged_out():
    with Server() as server:
        alice = await Person(server, "9996621001", "Alice").join()
        session = stored(alice)
        await alice.leave()
        server.restart()
        again = Person(server, "9996621001", "Alice", session=session)
        await again.client.connect()
        assert (await again.client.get_me()).id == alice.id
        assert await again.client.log_out()
        last = Person(server, "9996621001", "Alice", session=session)
        await last.client.connect()
        assert not await last.client.is_user_authorized()
        await last.leave()


async def a_revoked_device_is_told_and_refused():
    with Server() as server:
        first = await Person(server, "9996621001", "Alice").join()
        second = await Person(server, "9996621001", "Alice").join()
        listed = (await second.client(functions.account.GetAuthorizationsRequest())).authorizations
        other = next(it for it in listed if not it.current)
        await second.client(functions.account.ResetAuthorizationRequest(other.hash))
        await _refused(errors.SessionRevokedError, first.client(functions.updates.GetStateRequest()))
        assert len((await second.client(functions.account.GetAuthorizationsRequest())).authorizations) == 1
        await first.leave(), await second.leave()


async def blocking_privacy_and_presence_are_applied():
    with Server() as server:
        alice, bob, bob_there, alice_there = await two(server)
        await bob.client(functions.contacts.BlockRequest(alice_there))
        await _refused(errors.UserIsBlockedError, alice.client.send_message(bob_there, "hello?"))
        await bob.client(functions.contacts.UnblockRequest(alice_there))
        await alice.client(functions.account.UpdateStatusRequest(offline=False))
        seen = await bob.client.get_entity(types.PeerUser(alice.id))
        status = (await bob.client(functions.users.GetUsersRequest([seen])))[0].status
        assert isinstance(status, types.UserStatusOnline)
        rules = [types.InputPrivacyValueDisallowAll()]
        await alice.client(functions.account.SetPrivacyRequest(types.InputPrivacyKeyStatusTimestamp(), rules))
        status = (await bob.client(functions.users.GetUsersRequest([seen])))[0].status
        assert isinstance(status, types.UserStatusRecently)
        await alice.leave(), await bob.leave()
