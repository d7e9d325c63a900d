"""What a person does with supergroups at mtcute."""


class GroupsMtcute:
    async def answer_alone(self, group, number, text):
        """Writes to the author of a message of a group, who is known from there only."""
        await self.ask("answerAlone", number=number, text=text)
