"""What a person does with supergroups at TDLib."""

from .folders_tdlib import FoldersTdlib
from .basic_tdlib import _member
from .person import Refused

FIRST = -1000000000000
# Its names of the protocol's rights.
ADMIN = {
    "change_info": "can_change_info", "delete_messages": "can_delete_messages", "ban_users": "can_restrict_members",
    "post_messages": "can_post_messages", "edit_messages": "can_edit_messages", "invite_users": "can_invite_users", "pin_messages": "can_pin_messages", "add_admins": "can_promote_members",
}
SENDING = [f"can_send_{it}" for it in (
    "basic_messages", "audios", "documents", "photos", "videos", "video_notes", "voice_notes", "polls", "other_messages")]
PERMISSIONS = [
    *SENDING, "can_add_link_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_create_topics"]
FORBIDS = {"send_messages": [*SENDING, "can_add_link_previews"]}
LISTS = {"Recent": "Recent", "Admins": "Administrators", "Banned": "Restricted", "Kicked": "Banned", "Search": "Search"}


def _permissions(forbidden):
    without = {it for right in forbidden for it in FORBIDS[right]}
    return {"@type": "chatPermissions", **{it: it not in without for it in PERMISSIONS}}


class GroupsTdlib(FoldersTdlib):
    async def answer_alone(self, group, number, text):
        """Writes to the author of a message of a group, who is known from there only."""
        seen = await self.ask("getMessage", chat_id=group, message_id=number << 20)
        await self.send(seen["sender_id"]["user_id"], text)

    async def raise_group(self, title, about):
        made = await self.ask(
            "createNewSupergroupChat", title=title, is_forum=False, is_channel=False, description=about)
        return made["id"]

    async def bring(self, group, *people):
        got = await self.ask("addChatMembers", chat_id=group, user_ids=list(people))
        assert not got["failed_to_add_members"], got

    async def rename_group(self, group, title):
        await self.ask("setChatTitle", chat_id=group, title=title)

    async def name_group(self, group, username):
        await self.ask("setSupergroupUsername", supergroup_id=FIRST - group, username=username)

    async def find_group(self, username):
        return (await self.ask("searchPublicChat", username=username))["id"]

    async def enter_group(self, group):
        await self.ask("joinChat", chat_id=group)

    async def _status(self, group, user, kind, **fields):
        status = {"@type": f"chatMemberStatus{kind}", **fields}
        await self.ask("setChatMemberStatus", chat_id=group, member_id=_member(user), status=status)

    async def appoint(self, group, user, rights, rank):
        rights = {"@type": "chatAdministratorRights", "can_manage_chat": True, **{ADMIN[it]: True for it in rights}}
        await self._status(group, user, "Administrator", rights=rights)
        if rank:
            await self.ask("setChatMemberTag", chat_id=group, user_id=user, tag=rank)

    async def _seen(self, group, user):
        return await self.ask("getChatMember", chat_id=group, member_id=_member(user))

    async def my_rights(self, group, names):
        it = await self._seen(group, self.id)
        rights = it["status"].get("rights", {})
        return tuple(name for name in names if rights.get(ADMIN[name])), it["tag"]

    async def restrict(self, group, user, until, *rights):
        if "view_messages" in rights:
            await self._status(group, user, "Banned", banned_until_date=until)
        elif rights:
            more = {"is_member": True, "restricted_until_date": until, "permissions": _permissions(rights)}
            await self._status(group, user, "Restricted", **more)
        else:
            banned = (await self._seen(group, user))["status"]["@type"] == "chatMemberStatusBanned"
            await self._status(group, user, "Left" if banned else "Member")

    async def banned_until(self, group, user):
        return (await self._seen(group, user))["status"]["banned_until_date"]

    async def forbid_all(self, group, *rights):
        await self.ask("setChatPermissions", chat_id=group, permissions=_permissions(rights))

    async def slow(self, group, seconds):
        await self.ask("setChatSlowModeDelay", chat_id=group, slow_mode_delay=seconds)

    async def people(self, group, kind, words=""):
        which = {"@type": f"supergroupMembersFilter{LISTS[kind]}", "query": words}
        found = await self.ask("getSupergroupMembers", supergroup_id=FIRST - group, filter=which, offset=0, limit=100)
        return sorted(it["member_id"]["user_id"] for it in found["members"])

    async def facts(self, group):
        it = await self.ask("getSupergroupFullInfo", supergroup_id=FIRST - group)
        return it["member_count"], it["description"], it["slow_mode_delay"]

    async def hide_history(self, group, yes=True):
        number = FIRST - group
        await self.ask("toggleSupergroupIsAllHistoryAvailable", supergroup_id=number, is_all_history_available=not yes)

    async def common(self, user):
        return (await self.ask("getGroupsInCommon", user_id=user, offset_chat_id=0, limit=10))["chat_ids"]

    async def standing(self, group):
        try:
            it = await self.ask("getSupergroup", supergroup_id=FIRST - group)
        except Refused as why:
            # It has not been told of it yet.
            assert "not found" in str(why), why
            return "out"
        kind = it["status"]["@type"].removeprefix("chatMemberStatus")
        return {"Left": "out", "Banned": "forbidden"}.get(kind, "in")

    async def go_away(self, group):
        await self.ask("leaveChat", chat_id=group)

    async def dissolve(self, group):
        await self.ask("deleteChat", chat_id=group)
