"""Who is there and who has read, and how a person looks at a group for itself, at each client."""

from telethon import functions


class TelethonAttending:
    async def onlines(self, group):
        """How many of its members are online, itself too."""
        return (await self.ask(functions.messages.GetOnlinesRequest(await self._chat(group)))).onlines

    async def readers(self, group, number):
        """Who has read a message."""
        request = functions.messages.GetMessageReadParticipantsRequest(await self._chat(group), number)
        return sorted(it.user_id for it in await self.ask(request))

    async def forget_history(self, group):
        """Clears what was said in a supergroup, for itself alone."""
        await self.ask(functions.channels.DeleteHistoryRequest(await self._chat(group), 2**31 - 1))

    async def show_as_messages(self, forum, yes=True):
        """A forum as one chat, not by its topics."""
        await self.ask(functions.channels.ToggleViewForumAsMessagesRequest(await self._chat(forum), yes))

    async def shown_as_messages(self, forum):
        request = functions.messages.GetPeerDialogsRequest([await self._chat(forum)])
        return bool((await self.ask(request)).dialogs[0].view_forum_as_messages)


class TdlibAttending:
    async def onlines(self, group):
        # It counts in a chat that is open, and says so by an update.
        await self.ask("openChat", chat_id=group)
        return self.online.get(group)

    async def _on_updateChatOnlineMemberCount(self, got):
        self.online[got["chat_id"]] = got["online_member_count"]

    async def readers(self, group, number):
        found = await self.ask("getMessageViewers", chat_id=group, message_id=number << 20)
        return sorted(it["user_id"] for it in found["viewers"])

    async def forget_history(self, group):
        await self.ask("deleteChatHistory", chat_id=group, remove_from_chat_list=False, revoke=False)

    async def show_as_messages(self, forum, yes=True):
        await self.ask("toggleChatViewAsTopics", chat_id=forum, view_as_topics=not yes)

    async def shown_as_messages(self, forum):
        return not (await self.ask("getChat", chat_id=forum))["view_as_topics"]


class MtcuteAttending:
    async def onlines(self, group):
        return await self.ask("onlines", group=group)

    async def readers(self, group, number):
        return sorted(await self.ask("readers", group=group, number=number))

    async def forget_history(self, group):
        await self.ask("forgetHistory", group=group)

    async def show_as_messages(self, forum, yes=True):
        await self.ask("showAsMessages", forum=forum, yes=yes)

    async def shown_as_messages(self, forum):
        return await self.ask("shownAsMessages", forum=forum)
