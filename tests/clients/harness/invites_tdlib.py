"""Invite links and requests to join, at TDLib."""

from .person import Refused

# Its names of events, as the protocol calls them.
EVENTS = {
    "chatEventMemberJoinedByInviteLink": "ParticipantJoinByInvite",
    "chatEventMemberJoinedByRequest": "ParticipantJoinByRequest",
    "chatEventInviteLinkRevoked": "ExportedInviteRevoke",
    "chatEventTitleChanged": "ChangeTitle",
    "chatEventDescriptionChanged": "ChangeAbout",
    "chatEventUsernameChanged": "ChangeUsername",
    "chatEventMemberInvited": "ParticipantInvite",
    "chatEventMemberJoined": "ParticipantJoin",
    "chatEventMemberLeft": "ParticipantLeave",
    "chatEventMemberPromoted": "ParticipantToggleAdmin",
    "chatEventMemberRestricted": "ParticipantToggleBan",
    "chatEventPermissionsChanged": "DefaultBannedRights",
    "chatEventSlowModeDelayChanged": "ToggleSlowMode",
    "chatEventIsAllHistoryAvailableToggled": "TogglePreHistoryHidden",
}


class InvitesTdlib:
    async def found(self, title):
        made = await self.ask(
            "createNewSupergroupChat", title=title, is_forum=False, is_channel=False, description="about")
        return made["id"]

    async def link(self, group, title="", by_request=False, limit=0):
        return (await self.ask(
            "createChatInviteLink", chat_id=group, name=title, expiration_date=0, member_limit=limit,
            creates_join_request=by_request))["invite_link"]

    async def preview(self, link):
        it = await self.ask("checkChatInviteLink", invite_link=link)
        return it["title"], it["member_count"], it["creates_join_request"]

    async def follow(self, link):
        got = await self.ask("joinChatByInviteLink", invite_link=link)
        # What other clients call an error.
        if got["@type"] == "chatJoinResultRequestSent":
            raise Refused("INVITE_REQUEST_SENT")

    async def asking(self, group):
        found = await self.ask(
            "getChatJoinRequests", chat_id=group, invite_link="", query="", offset_request=None, limit=10)
        return [it["user_id"] for it in found["requests"]]

    async def came_by(self, group, link):
        found = await self.ask(
            "getChatInviteLinkMembers", chat_id=group, invite_link=link, only_with_expired_subscription=False,
            offset_member=None, limit=10)
        return [it["user_id"] for it in found["members"]]

    async def grant(self, group, user, yes=True):
        await self.ask("processChatJoinRequest", chat_id=group, user_id=user, approve=yes)

    async def revoke_link(self, group, link):
        await self.ask("revokeChatInviteLink", chat_id=group, invite_link=link)

    async def admin_log(self, group):
        found = await self.ask(
            "getChatEventLog", chat_id=group, query="", from_event_id=0, limit=50, filters=None, user_ids=[])
        kinds = [it["action"]["@type"] for it in found["events"]]
        return [EVENTS.get(it, it) for it in kinds]
