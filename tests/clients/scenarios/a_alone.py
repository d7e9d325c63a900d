"""One person at each client, by each way to connect: signs up, writes notes, reads them, comes back."""

from harness.scenario import scenario
from harness.stage import EVERY, OLDEST

CLIENTS = [*EVERY, OLDEST]


@scenario(each=CLIENTS)
async def a_person_signs_up_and_keeps_notes(stage, kind):
    one = await stage.join(kind, "Claude")
    assert (await one.me())[:2] == (one.id, "Claude")
    bound = stage.server.calls("auth.bindTempAuthKey") > 0
    assert bound == kind.endswith("pfs"), "temporary keys are used where asked for, and nowhere else"
    await stage.settle()
    first = await one.send(one.id, "a first note")
    second = await one.send(one.id, "a second note")
    assert second > first > 0, (first, second)
    notes = await one.history(one.id)
    assert [(it.id, it.text) for it in notes] == [(second, "a second note"), (first, "a first note")], notes
    dialog = await one.dialog(one.id)
    assert (dialog.text, dialog.unread) == ("a second note", 0), dialog
    stage.quiet()


@scenario(each=CLIENTS)
async def a_login_outlives_the_restart_of_client_and_server(stage, kind):
    one = await stage.join(kind, "Claude")
    await one.send(one.id, "before")
    was = one.id
    await one.away()
    await stage.server.restart()
    await one.resume()
    assert one.id == was
    assert stage.server.calls("auth.sendCode") == 0, "a stored login asks for no code"
    await one.send(one.id, "after")
    assert await one.texts(one.id) == ["before", "after"]
