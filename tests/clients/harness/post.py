"""Where the server's codes arrive: a mail server and a webhook of a few lines each, on one person's table."""

import asyncio
import hashlib
import hmac
import json
import re

from .person import PATIENCE

SECRET = "a secret of ours"


class Post:
    """Codes by address, newest last."""

    def __init__(self):
        self.codes: list[tuple[str, str]] = []
        self.bell = asyncio.Condition()
        self.server = None

    async def open(self, kind, port):
        talk = {"smtp": self._smtp, "webhook": self._webhook}[kind]
        self.server = await asyncio.start_server(talk, "127.0.0.1", port)

    async def close(self):
        if self.server is not None:
            self.server.close()

    async def code(self, address, after=0) -> str:
        """The code that came to an address after so many."""

        def found():
            return [code for to, code in self.codes if to == address][after:]

        async with self.bell:
            await asyncio.wait_for(self.bell.wait_for(found), PATIENCE)
        return found()[-1]

    async def _put(self, address, code):
        async with self.bell:
            self.codes.append((address, code))
            self.bell.notify_all()

    async def _smtp(self, reader, writer):
        writer.write(b"220 here\r\n")
        address, text, in_text = "", "", False
        while line := (await reader.readline()).decode():
            word = line.strip()
            if in_text and word != ".":
                text += line
                continue
            if word == ".":
                await self._put(address, re.search(r": (\d{5,6})\r?$", text, re.M).group(1))
            if word.upper().startswith("RCPT TO:"):
                address = re.search("<(.*)>", word).group(1)
            in_text = word.upper() == "DATA"
            writer.write(b"354 go on\r\n" if in_text else b"250 ok\r\n")
        writer.close()

    async def _webhook(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        body = await reader.readexactly(int(re.search(r"content-length: (\d+)", head).group(1)))
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        right = f"x-chappe-signature: sha256={signature}" in head
        writer.write(f"HTTP/1.1 {204 if right else 403} X\r\ncontent-length: 0\r\n\r\n".encode())
        writer.close()
        if right:
            letter = json.loads(body)
            await self._put(letter["address"], letter["code"])
