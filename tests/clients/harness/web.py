"""A site of a few pages, for previews: what is asked of it, and when."""

import asyncio


class Web:
    """Answers each path with a media type and bytes; others are not found."""

    def __init__(self):
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.server, self.port = None, 0
        # Whoever clears it keeps answers from leaving.
        self.open = asyncio.Event()
        self.open.set()

    async def start(self):
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def close(self):
        self.open.set()
        self.server.close()

    def link(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    async def _answer(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        await self.open.wait()
        kind, body = self.pages.get(path, ("text/plain", b""))
        status = "200 OK" if path in self.pages else "404 Not Found"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()
