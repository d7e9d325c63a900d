"""What a person does with basic groups at TDLib. A group has its marked number, below 0."""

from .person import Refused


def _member(user):
    return {"@type": "messageSenderUser", "user_id": user}


class BasicTdlib:
    async def make_group(self, title, *people):
        made = await self.ask("createNewBasicGroupChat", user_ids=list(people), title=title)
        assert not made["failed_to_add_members"]["failed_to_add_members"], made
        return made["chat_id"]

    async def call_group(self, group, title):
        await self.ask("setChatTitle", chat_id=group, title=title)

    async def describe_group(self, group, about):
        await self.ask("setChatDescription", chat_id=group, description=about)

    async def add_member(self, group, user, forward=0):
        await self.ask("addChatMember", chat_id=group, user_id=user, forward_limit=forward)

    async def remove_member(self, group, user):
        status = {"@type": "chatMemberStatusBanned"}
        await self.ask("setChatMemberStatus", chat_id=group, member_id=_member(user), status=status)

    async def leave_group(self, group):
        await self.ask("leaveChat", chat_id=group)

    async def promote(self, group, user, yes=True):
        rights = {"@type": "chatAdministratorRights", "can_manage_chat": True}
        admin = {"@type": "chatMemberStatusAdministrator", "rights": rights}
        status = admin if yes else {"@type": "chatMemberStatusMember"}
        await self.ask("setChatMemberStatus", chat_id=group, member_id=_member(user), status=status)

    async def members(self, group):
        full = await self.ask("getBasicGroupFullInfo", basic_group_id=-group)
        kind = lambda it: it["status"]["@type"].removeprefix("chatMemberStatus").lower()
        named = {"administrator": "admin"}
        return [(it["member_id"]["user_id"], named.get(kind(it), kind(it))) for it in full["members"]]

    async def group(self, group):
        try:
            it = await self.ask("getBasicGroup", basic_group_id=-group)
            title = (await self.ask("getChat", chat_id=group))["title"]
        except Refused as why:
            # It has not been told of it yet.
            assert "not found" in str(why), why
            return "", False
        inside = it["status"]["@type"] not in ("chatMemberStatusBanned", "chatMemberStatusLeft")
        return title, inside

    async def pin_message(self, chat, number, yes=True):
        where = {"chat_id": await self._chat(chat), "message_id": number << 20}
        await self.ask("pinChatMessage" if yes else "unpinChatMessage", **where)

    async def pinned_messages(self, chat):
        found = await self.ask(
            "searchChatMessages", chat_id=await self._chat(chat), query="", from_message_id=0, offset=0, limit=20,
            filter={"@type": "searchMessagesFilterPinned"})
        return [it["content"]["text"]["text"] for it in found["messages"]]

    async def mentions(self, chat):
        found = await self.ask(
            "searchChatMessages", chat_id=await self._chat(chat), query="", from_message_id=0, offset=0, limit=20,
            filter={"@type": "searchMessagesFilterUnreadMention"})
        return [it["content"]["text"]["text"] for it in found["messages"]]

    async def read_mentions(self, chat):
        await self.ask("readAllChatMentions", chat_id=await self._chat(chat))

    async def migrate(self, group):
        return (await self.ask("upgradeBasicGroupChatToSupergroupChat", chat_id=group))["id"]

    async def end_group(self, group):
        await self.ask("deleteChat", chat_id=group)
