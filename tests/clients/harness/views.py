"""Views, forwards and statistics of channels, at each client: what persons inherit. Graphs are shown as the totals of
their lines, by name, as read from the JSON that clients draw."""

import json

from telethon import functions, types, utils

from .person import Event


def totals(graph):
    """The total of each line; every line has a number for each moment, and the moments are in order."""
    drawn = json.loads(graph)
    columns = {it[0]: it[1:] for it in drawn["columns"]}
    moments = columns.pop("x")
    assert moments == sorted(set(moments)), moments
    assert all(len(it) == len(moments) for it in columns.values()), drawn
    assert set(drawn["types"]) == {"x", *columns} and set(drawn["colors"]) == set(columns), drawn
    return {drawn["names"][it]: sum(line) for it, line in columns.items()}


class Views:
    """What all share."""

    async def sees_count(self, what, number, wanted):
        """Views or forwards of a message come to this, live."""
        await self.expect(what, lambda it: it.ids == (number,) and it.up_to == wanted, f"{number} {wanted}")


class TelethonViews(Views):
    async def announce(self, title, *people):
        """A new broadcast channel with these people; its marked number."""
        made = await self.ask(functions.channels.CreateChannelRequest(title, "", broadcast=True))
        channel = utils.get_peer_id(types.PeerChannel(made.chats[0].id))
        await self.bring(channel, *people)
        return channel

    async def look_at(self, chat, number):
        await self.ask(functions.messages.GetMessagesViewsRequest(await self._chat(chat), [number], increment=True))

    async def counts(self, chat, number):
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        return found.views, found.forwards

    async def statistics(self, chat):
        """Subscribers, the last posts with their views and forwards, and every graph that there is."""
        found = await self.ask(functions.stats.GetBroadcastStatsRequest(await self._chat(chat)))
        posts = [(it.msg_id, it.views, it.forwards) for it in found.recent_posts_interactions]
        graphs = [it for name, it in vars(found).items() if name.endswith("_graph")]
        return found.followers.current, posts, await self._drawn(graphs)

    async def post_statistics(self, chat, number):
        found = await self.ask(functions.stats.GetMessageStatsRequest(await self._chat(chat), number))
        return await self._drawn([found.views_graph])

    async def _drawn(self, graphs):
        all = {}
        for it in graphs:
            if isinstance(it, types.StatsGraphAsync):
                it = await self.ask(functions.stats.LoadAsyncGraphRequest(it.token))
            if isinstance(it, types.StatsGraph):
                all |= totals(it.json.data)
        return all

    async def _counted(self, update):
        if isinstance(update, types.UpdateChannelMessageViews):
            await self.tell(Event("views", ids=(update.id,), up_to=update.views))
        else:
            await self.tell(Event("forwards", ids=(update.id,), up_to=update.forwards))


class TdlibViews(Views):
    async def announce(self, title, *people):
        made = await self.ask(
            "createNewSupergroupChat", title=title, is_forum=False, is_channel=True, description="")
        await self.bring(made["id"], *people)
        return made["id"]

    async def look_at(self, chat, number):
        where = {"chat_id": await self._chat(chat)}
        # It counts what is shown in a chat that is open.
        await self.ask("openChat", **where)
        source = {"@type": "messageSourceChatHistory"}
        await self.ask("viewMessages", **where, message_ids=[number << 20], source=source, force_read=True)

    async def counts(self, chat, number):
        found = await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)
        info = found.get("interaction_info") or {}
        return info.get("view_count"), info.get("forward_count")

    async def statistics(self, chat):
        found = await self.ask("getChatStatistics", chat_id=chat, is_dark=False)
        posts = [
            (it["object_type"]["message_id"] >> 20, it["view_count"], it["forward_count"])
            for it in found["recent_interactions"]
        ]
        graphs = [it for name, it in found.items() if name.endswith("_graph")]
        return found["member_count"]["value"], posts, await self._drawn(chat, graphs)

    async def post_statistics(self, chat, number):
        found = await self.ask("getMessageStatistics", chat_id=chat, message_id=number << 20, is_dark=False)
        return await self._drawn(chat, [found["message_interaction_graph"]])

    async def _drawn(self, chat, graphs):
        all = {}
        for it in graphs:
            if it["@type"] == "statisticalGraphAsync":
                it = await self.ask("getStatisticalGraph", chat_id=chat, token=it["token"], x=0)
            if it["@type"] == "statisticalGraphData":
                all |= totals(it["json_data"])
        return all

    async def _counted(self, got):
        info = got.get("interaction_info") or {}
        ids = (got["message_id"] >> 20,)
        await self.tell(Event("views", ids=ids, up_to=info.get("view_count", 0)))
        await self.tell(Event("forwards", ids=ids, up_to=info.get("forward_count", 0)))


class MtcuteViews(Views):
    async def announce(self, title, *people):
        channel = await self.ask("announce", title=title)
        if people:
            await self.bring(channel, *people)
        return channel

    async def look_at(self, chat, number):
        await self.ask("lookAt", chat=chat, number=number)

    async def counts(self, chat, number):
        return tuple(await self.ask("counts", chat=chat, number=number))

    async def statistics(self, chat):
        followers, posts, graphs = await self.ask("statistics", chat=chat)
        return followers, [tuple(it) for it in posts], _all(graphs)

    async def post_statistics(self, chat, number):
        return _all(await self.ask("postStatistics", chat=chat, number=number))


def _all(graphs):
    all = {}
    for it in graphs:
        all |= totals(it)
    return all
