"""Polls and the basic group they are asked in, at each client: what persons inherit. A poll is shown as its answers
with their numbers, `+` before those that one chose; numbers are not shown to who may not know them."""

from telethon import functions, types

from .person import Refused


def _line(answers, closed):
    """Answers as (text, chosen, voters or None)."""
    shown = ["+" * chosen + text + ("" if voters is None else f" {voters}") for text, chosen, voters in answers]
    return ", ".join(shown) + " closed" * closed


class TelethonPolls:
    async def gather_voters(self, title, *users):
        users = [await self.client.get_input_entity(types.PeerUser(it)) for it in users]
        made = await self.ask(functions.messages.CreateChatRequest(users, title))
        return made.updates.chats[0].id

    async def ask_poll(self, group, question, *answers, public=True):
        said = lambda it: types.TextWithEntities(it, [])
        answers = [types.PollAnswer(said(it), bytes([48 + at])) for at, it in enumerate(answers)]
        poll = types.Poll(0, said(question), answers, hash=0, public_voters=public)
        sent = await self.client.send_message(types.InputPeerChat(group), file=types.InputMediaPoll(poll))
        return sent.id

    async def _poll(self, group, question):
        all_ = await self.client.get_messages(types.InputPeerChat(group), limit=20)
        return next((it for it in all_ if it.media and it.poll and it.poll.poll.question.text == question), None)

    async def vote(self, group, question, *places):
        it = await self._poll(group, question)
        options = [it.poll.poll.answers[at].option for at in places]
        await self.ask(functions.messages.SendVoteRequest(types.InputPeerChat(group), it.id, options))

    async def poll(self, group, question):
        it = await self._poll(group, question)
        if it is None:
            return ""
        results = {one.option: one for one in it.poll.results.results or []}
        def answer(one):
            result = results.get(one.option)
            return one.text.text, bool(result and result.chosen), result and result.voters
        return _line([answer(one) for one in it.poll.poll.answers], it.poll.poll.closed)

    async def voters(self, group, question):
        it = await self._poll(group, question)
        found = await self.ask(functions.messages.GetPollVotesRequest(types.InputPeerChat(group), it.id, 50))
        return sorted(it.peer.user_id for it in found.votes)

    async def close_poll(self, group, question):
        it = await self._poll(group, question)
        it.poll.poll.closed = True
        media = types.InputMediaPoll(it.poll.poll)
        await self.ask(functions.messages.EditMessageRequest(types.InputPeerChat(group), it.id, media=media))


class TdlibPolls:
    async def gather_voters(self, title, *users):
        for it in users:
            await self.ask("createPrivateChat", user_id=it)
        made = await self.ask("createNewBasicGroupChat", user_ids=list(users), title=title)
        return -made["chat_id"]

    async def ask_poll(self, group, question, *answers, public=True):
        said = lambda it: {"@type": "formattedText", "text": it}
        options = [{"@type": "inputPollOption", "text": said(it)} for it in answers]
        content = {
            "@type": "inputMessagePoll", "question": said(question), "options": options, "is_anonymous": not public,
            "allows_revoting": True, "type": {"@type": "inputPollTypeRegular"}}
        pending = await self.ask("sendMessage", chat_id=-group, input_message_content=content)
        return await self._until_sent(pending["id"])

    async def _poll(self, group, question):
        await self.ask("openChat", chat_id=-group)
        found = (await self.ask("getChatHistory", chat_id=-group, limit=20))["messages"]
        polls = [it for it in found if it["content"]["@type"] == "messagePoll"]
        found = [it["id"] for it in polls if it["content"]["poll"]["question"]["text"] == question]
        if not found:
            raise Refused("no such poll")
        number = found[0]
        return await self.ask("getMessage", chat_id=-group, message_id=number)

    async def vote(self, group, question, *places):
        it = await self._poll(group, question)
        await self.ask("setPollAnswer", chat_id=-group, message_id=it["id"], option_ids=list(places))

    async def poll(self, group, question):
        try:
            poll = (await self._poll(group, question))["content"]["poll"]
        except Refused:
            # It has not heard of it yet.
            return ""
        known = poll["is_closed"] or any(it["is_chosen"] for it in poll["options"])
        answer = lambda it: (it["text"]["text"], it["is_chosen"], it["voter_count"] if known else None)
        return _line([answer(it) for it in poll["options"]], poll["is_closed"])

    async def voters(self, group, question):
        it, found = await self._poll(group, question), set()
        for at in range(len(it["content"]["poll"]["options"])):
            some = await self.ask("getPollVoters", chat_id=-group, message_id=it["id"], option_id=at, offset=0, limit=50)
            found |= {one["voter_id"]["user_id"] for one in some["voters"]}
        return sorted(found)

    async def close_poll(self, group, question):
        it = await self._poll(group, question)
        await self.ask("stopPoll", chat_id=-group, message_id=it["id"])


class MtcutePolls:
    async def gather_voters(self, title, *users):
        return await self.ask("gatherVoters", title=title, users=users)

    async def ask_poll(self, group, question, *answers, public=True):
        return await self.ask("askPoll", group=group, question=question, answers=answers, public=public)

    async def vote(self, group, question, *places):
        await self.ask("vote", group=group, question=question, places=places)

    async def poll(self, group, question):
        found = await self.ask("poll", group=group, question=question)
        return _line(found["answers"], found["closed"])

    async def voters(self, group, question):
        return sorted(await self.ask("voters", group=group, question=question))

    async def close_poll(self, group, question):
        await self.ask("closePoll", group=group, question=question)
