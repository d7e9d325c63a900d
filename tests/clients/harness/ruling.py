"""What admins do in a supergroup beside the daily things: taking things back, links of all admins, switches, voices."""

from telethon import functions, types, utils

from .groups_tdlib import FIRST

LATEST = 50


class TelethonRuling:
    async def unpin_all(self, chat):
        await self.ask(functions.messages.UnpinAllMessagesRequest(await self._chat(chat)))

    async def delete_all_of(self, group, user):
        """Everything that one member has written."""
        where = await self._chat(group)
        await self.ask(functions.channels.DeleteParticipantHistoryRequest(where, await self._chat(user)))

    async def links_of(self, group, admin, revoked=False):
        """The links that an admin has made, by their names, without its first one."""
        found = await self.ask(functions.messages.GetExportedChatInvitesRequest(
            await self._chat(group), await self._maker(admin), LATEST, revoked=revoked))
        return sorted(it.title for it in found.invites if not it.permanent)

    async def link_makers(self, group):
        """Admins with links, and how many were revoked."""
        found = await self.ask(functions.messages.GetAdminsWithInvitesRequest(await self._chat(group)))
        return sorted((it.admin_id, it.revoked_invites_count or 0) for it in found.admins)

    async def drop_revoked(self, group, admin):
        where = await self._chat(group)
        await self.ask(functions.messages.DeleteRevokedExportedChatInvitesRequest(where, await self._maker(admin)))

    async def _maker(self, admin):
        return types.InputUserSelf() if admin == self.id else await self._user(admin)

    async def voices(self, group):
        """As whom it may speak there."""
        found = await self.ask(functions.channels.GetSendAsRequest(await self._chat(group)))
        return sorted(utils.get_peer_id(it.peer) for it in found.peers)

    async def speak_as(self, group, who):
        where = await self._chat(group)
        await self.ask(functions.messages.SaveDefaultSendAsRequest(where, await self._chat(who)))

    async def speaker(self, group, number):
        """Who wrote a message, as it is shown."""
        it = await self.client.get_messages(await self._chat(group), ids=number)
        return utils.get_peer_id(it.from_id)

    async def let_in_by_hand(self, group, yes=True):
        """Who wants to join is let in by an admin."""
        await self.ask(functions.channels.ToggleJoinRequestRequest(await self._chat(group), yes))

    async def hide_members(self, group, yes=True):
        await self.ask(functions.channels.ToggleParticipantsHiddenRequest(await self._chat(group), yes))

    async def switches(self, group):
        """Which of the two are on."""
        found = await self.ask(functions.channels.GetFullChannelRequest(await self._chat(group)))
        by_hand = next(it for it in found.chats if it.id == found.full_chat.id).join_request
        return bool(by_hand), bool(found.full_chat.participants_hidden)


class TdlibRuling:
    async def unpin_all(self, chat):
        await self.ask("unpinAllChatMessages", chat_id=chat)

    async def delete_all_of(self, group, user):
        await self.ask("deleteChatMessagesBySender", chat_id=group, sender_id=_sender(user))

    async def links_of(self, group, admin, revoked=False):
        found = await self.ask(
            "getChatInviteLinks", chat_id=group, creator_user_id=admin, is_revoked=revoked, offset_date=0,
            offset_invite_link="", limit=LATEST)
        return sorted(it["name"] for it in found["invite_links"] if not it["is_primary"])

    async def link_makers(self, group):
        found = await self.ask("getChatInviteLinkCounts", chat_id=group)
        return sorted((it["user_id"], it["revoked_invite_link_count"]) for it in found["invite_link_counts"])

    async def drop_revoked(self, group, admin):
        await self.ask("deleteAllRevokedChatInviteLinks", chat_id=group, creator_user_id=admin)

    async def voices(self, group):
        # It asks whether there is a choice when the chat is opened.
        await self.ask("openChat", chat_id=group)
        found = await self.ask("getChatAvailableMessageSenders", chat_id=group)
        return sorted(_number(it["sender"]) for it in found["senders"])

    async def speak_as(self, group, who):
        await self.ask("setChatMessageSender", chat_id=group, message_sender_id=_sender(who))

    async def speaker(self, group, number):
        return _number((await self.ask("getMessage", chat_id=group, message_id=number << 20))["sender_id"])

    async def let_in_by_hand(self, group, yes=True):
        await self.ask("toggleSupergroupJoinByRequest", supergroup_id=FIRST - group, join_by_request=yes)

    async def hide_members(self, group, yes=True):
        await self.ask("toggleSupergroupHasHiddenMembers", supergroup_id=FIRST - group, has_hidden_members=yes)

    async def switches(self, group):
        it = await self.ask("getSupergroup", supergroup_id=FIRST - group)
        full = await self.ask("getSupergroupFullInfo", supergroup_id=FIRST - group)
        return it["join_by_request"], full["has_hidden_members"]


def _sender(who):
    if who < 0:
        return {"@type": "messageSenderChat", "chat_id": who}
    return {"@type": "messageSenderUser", "user_id": who}


def _number(sender):
    return sender.get("chat_id") or sender["user_id"]


class MtcuteRuling:
    async def unpin_all(self, chat):
        await self.ask("unpinAll", chat=chat)

    async def delete_all_of(self, group, user):
        await self.ask("deleteAllOf", group=group, user=user)

    async def links_of(self, group, admin, revoked=False):
        return sorted(await self.ask("linksOf", group=group, admin=admin, revoked=revoked))

    async def link_makers(self, group):
        return sorted(tuple(it) for it in await self.ask("linkMakers", group=group))

    async def drop_revoked(self, group, admin):
        await self.ask("dropRevoked", group=group, admin=admin)

    async def voices(self, group):
        return sorted(await self.ask("voices", group=group))

    async def speak_as(self, group, who):
        await self.ask("speakAs", group=group, who=who)

    async def speaker(self, group, number):
        return await self.ask("speaker", group=group, number=number)

    async def let_in_by_hand(self, group, yes=True):
        await self.ask("letInByHand", group=group, yes=yes)

    async def hide_members(self, group, yes=True):
        await self.ask("hideMembers", group=group, yes=yes)

    async def switches(self, group):
        return tuple(await self.ask("switches", group=group))
