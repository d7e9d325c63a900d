"""What a person does with supergroups at TDLib."""


class GroupsTdlib:
    async def answer_alone(self, group, number, text):
        """Writes to the author of a message of a group, who is known from there only."""
        seen = await self.ask("getMessage", chat_id=group, message_id=number << 20)
        await self.send(seen["sender_id"]["user_id"], text)
