"""Invite links: one makes them, others come by them, a third is let in after asking."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Who makes the links, who follows one, who asks: each library in each part once.
TRIOS = [(LIBRARIES[at], LIBRARIES[(at + 1) % 3], LIBRARIES[(at + 2) % 3]) for at in range(3)]


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def people_come_by_links_and_requests(stage, kinds):
    owner, guest, asker = [await stage.join(kind, name) for kind, name in zip(kinds, ("Olga", "Gus", "Ada"))]
    group = await owner.found("Walkers")
    link = await owner.link(group, "Friends", limit=1)
    assert await guest.preview(link) == ("Walkers", 1, False)
    await guest.follow(link)
    assert await owner.came_by(group, link) == [guest.id]
    await asker.refuses("INVITE_HASH_EXPIRED", asker.follow(link))

    closed = await owner.link(group, "Others", by_request=True)
    assert await asker.preview(closed) == ("Walkers", 2, True)
    await asker.refuses("INVITE_REQUEST_SENT", asker.follow(closed))
    assert await owner.asking(group) == [asker.id]
    await owner.grant(group, asker.id)
    assert await owner.asking(group) == []
    assert await owner.came_by(group, closed) == [asker.id]
    await owner.revoke_link(group, link)
    wanted = ["ExportedInviteRevoke", "ParticipantJoinByRequest", "ParticipantJoinByInvite"]
    assert await owner.admin_log(group) == wanted
