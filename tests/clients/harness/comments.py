"""A channel with comments, at each client: what persons inherit. Channels and groups are named by their marked
numbers, messages by the server's."""

from telethon import functions, types, utils

from .person import Refused

FIRST = -1000000000000


class TelethonComments:
    async def begin_channel(self, title):
        made = await self.ask(functions.channels.CreateChannelRequest(title, "", broadcast=True))
        return utils.get_peer_id(types.PeerChannel(made.chats[0].id))

    async def link_group(self, channel, group):
        """Gives a channel a group, or takes it away: None."""
        there = await self._chat(group) if group else types.InputChannelEmpty()
        await self.ask(functions.channels.SetDiscussionGroupRequest(await self._chat(channel), there))

    async def linked_group(self, channel):
        full = (await self.ask(functions.channels.GetFullChannelRequest(await self._chat(channel)))).full_chat
        return full.linked_chat_id and FIRST - full.linked_chat_id

    async def for_comments(self):
        found = await self.ask(functions.channels.GetGroupsForDiscussionRequest())
        return [utils.get_peer_id(it) for it in found.chats]

    async def comment(self, channel, post, text):
        return (await self.client.send_message(await self._chat(channel), text, comment_to=post)).id

    async def comments(self, channel, post):
        """Newest first."""
        return [it.text for it in await self.client.get_messages(await self._chat(channel), reply_to=post, limit=50)]

    async def comment_count(self, channel, post):
        found = await self.client.get_messages(await self._chat(channel), ids=post)
        return found.replies.replies if found.replies else None

    async def _thread(self, channel, post):
        return await self.ask(functions.messages.GetDiscussionMessageRequest(await self._chat(channel), post))

    async def unread_comments(self, channel, post):
        return (await self._thread(channel, post)).unread_count

    async def read_comments(self, channel, post):
        last = (await self._thread(channel, post)).max_id
        await self.ask(functions.messages.ReadDiscussionRequest(await self._chat(channel), post, last))

    async def block_from_replies(self, answer):
        """Who wrote it; its answers go."""
        request = functions.contacts.BlockFromRepliesRequest(answer, delete_message=True, delete_history=True)
        await self.ask(request)


class TdlibComments:
    async def begin_channel(self, title):
        made = await self.ask("createNewSupergroupChat", title=title, is_forum=False, is_channel=True, description="")
        return made["id"]

    async def link_group(self, channel, group):
        await self.ask("setChatDiscussionGroup", chat_id=channel, discussion_chat_id=group or 0)

    async def linked_group(self, channel):
        full = await self.ask("getSupergroupFullInfo", supergroup_id=FIRST - channel)
        return full["linked_chat_id"] or None

    async def for_comments(self):
        return (await self.ask("getSuitableDiscussionChats"))["chat_ids"]

    async def _thread(self, channel, post):
        # A message of a channel that was never opened is not in its database.
        await self.ask("getMessage", chat_id=channel, message_id=post << 20)
        return await self.ask("getMessageThread", chat_id=channel, message_id=post << 20)

    async def comment(self, channel, post, text):
        thread = await self._thread(channel, post)
        content = {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}
        where = {"@type": "messageTopicThread", "message_thread_id": thread["message_thread_id"]}
        sent = await self.ask(
            "sendMessage", chat_id=thread["chat_id"], topic_id=where, input_message_content=content)
        return await self._until_sent(sent["id"])

    async def comments(self, channel, post):
        thread = await self._thread(channel, post)
        # As applications show it: the group's thread, which is asked for by the group. By the post TDLib takes no
        # message that the group has gained since it last heard of it.
        where = {"chat_id": thread["chat_id"], "message_id": thread["message_thread_id"]}
        page = await self.ask("getMessageThreadHistory", **where, limit=50)
        return [it["content"]["text"]["text"] for it in page["messages"]
                if it["id"] != thread["message_thread_id"]]

    async def comment_count(self, channel, post):
        try:
            return (await self._thread(channel, post))["reply_info"]["reply_count"]
        except Refused:
            return None

    async def unread_comments(self, channel, post):
        return (await self._thread(channel, post))["unread_message_count"]

    async def read_comments(self, channel, post):
        thread = await self._thread(channel, post)
        source = {"@type": "messageSourceMessageThreadHistory"}
        last = thread["reply_info"]["last_message_id"]
        await self.ask(
            "viewMessages", chat_id=thread["chat_id"], message_ids=[last], source=source, force_read=True)

    async def block_from_replies(self, answer):
        await self.ask(
            "blockMessageSenderFromReplies", message_id=answer << 20, delete_message=True, delete_all_messages=True,
            report_spam=False)


class MtcuteComments:
    async def begin_channel(self, title):
        return await self.ask("beginChannel", title=title)

    async def link_group(self, channel, group):
        await self.ask("linkGroup", channel=channel, group=group)

    async def linked_group(self, channel):
        return await self.ask("linkedGroup", channel=channel)

    async def for_comments(self):
        return await self.ask("forComments")

    async def comment(self, channel, post, text):
        return await self.ask("comment", channel=channel, post=post, text=text)

    async def comments(self, channel, post):
        return await self.ask("comments", channel=channel, post=post)

    async def comment_count(self, channel, post):
        return await self.ask("commentCount", channel=channel, post=post)

    async def unread_comments(self, channel, post):
        return await self.ask("unreadComments", channel=channel, post=post)

    async def read_comments(self, channel, post):
        await self.ask("readComments", channel=channel, post=post)

    async def block_from_replies(self, answer):
        await self.ask("blockFromReplies", answer=answer)
