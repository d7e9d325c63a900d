"""Fills a channel through a real client, and looks at its pages with other people's tools: html-validate, feedparser,
and with `--shots FOLDER` headless Chromium at the width of a phone and of a desktop, by day and by night."""

import argparse
import asyncio
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = HERE.parent / "clients"
sys.path[:0] = [str(CLIENTS), str(HERE / ".cache" / "python")]

import feedparser  # noqa: E402

from harness import server as servers  # noqa: E402
from harness.stage import Stage  # noqa: E402
import filled  # noqa: E402

SECONDS = 180
WIDTHS = {"phone": (390, 1600), "desktop": (1280, 1600)}


class Pages:
    """What the server shows, each page kept as it came."""

    def __init__(self, server, folder):
        self.server, self.folder, self.seen = server, folder, {}

    def get(self, path, status=200, **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read().decode()
        assert answer.status == status, f"{path}: {answer.status}, not {status}\n{body[:500]}"
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            check_headers(path, answer.headers)
            name = re.sub(r"\W+", "_", path).strip("_") + ".html"
            (self.folder / name).write_text(body)
        self.seen[path] = body
        return body, answer.headers


def check_headers(path, headers):
    policy = headers["Content-Security-Policy"]
    assert "script" not in policy and policy.startswith("default-src 'none'"), f"{path}: {policy}"
    assert headers["X-Content-Type-Options"] == "nosniff", path


async def look(pages, owner, channel, posts):
    """Every page, and what it must and must not say."""
    name = filled.NAME
    newest, headers = pages.get(f"/s/{name}")
    pages.get(f"/s/{name}", 304, **{"If-None-Match": headers["ETag"]})
    assert pages.get(f"/s/{name.lower()}")[0] == newest, "names are found whatever their case"
    for text in ("<strong>Bold</strong>", "<em>italic</em>", "<u>under</u>", "<s>struck</s>", "<code>code</code>",
                 "&lt;script&gt;alert(1)&lt;/script&gt;", "Forwarded from <a href=\"/relay_towers/", "a private channel",
                 "<progress max=\"100\" value=\"50\"", "🔥 1", "👍 1", "edited", "data-language=\"rust\"", "2 subscribers", "1 view<"):
        assert text in newest, f"{text} is not on the page"
    for text in ("<script", filled.SECRET, "The Inner Circle", "This was a mistake", "clozed"):
        assert text not in newest, f"{text} is on the page"
    walk(pages, name, posts)
    pages.get(f"/{name}")
    pages.get(f"/{filled.OTHER_NAME}/2")
    for key in ("marks", "quote", "code", "poll", "reply", "forward", "private", "person", "arabic", "attack"):
        one, _ = pages.get(f"/{name}/{posts[key]}")
        assert f'property="og:url" content="http://127.0.0.1:{pages.server.port}/{name}/{posts[key]}"' in one
    assert "was deleted" in pages.get(f"/{name}/{posts['gone']}", 410)[0]
    assert "no post" in pages.get(f"/s/{name}/{posts['last'] + 1000}", 404)[0]
    for path in ("/s/nobody_here", "/nobody_here", "/nobody_here/1", "/s/nobody_here/feed", "/s/four", f"/s/{name}?before=x"):
        pages.get(path, 404)
    await changes(pages, owner, channel, posts)
    await others(pages, owner)


def walk(pages, name, posts):
    """Leads from the newest page to the oldest and back; each post stands on one page."""
    path, numbers = f"/s/{name}", []
    while path:
        body, _ = pages.get(path)
        numbers += [int(it) for it in re.findall(r' id="p(\d+)"', body)]
        older = re.search(rf'rel="next" href="(/s/{name}\?before=\d+)"', body)
        path = older and older.group(1)
    assert numbers == sorted(set(numbers), reverse=True) and numbers[-1] == 1, numbers
    assert set(posts.values()) - {posts["gone"]} <= set(numbers), numbers
    newer = re.search(rf'rel="prev" href="(/s/{name}\?after=\d+)"', pages.get(f"/s/{name}?before=5")[0])
    assert ' id="p5"' in pages.get(newer.group(1))[0]


async def changes(pages, owner, channel, posts):
    """What a client changes is on the very next page."""
    name = filled.NAME
    for text in ("Signals at dawn.", "Signals at dusk."):
        await owner.client.edit_message(channel, posts["edited"], text)
        assert text in pages.get(f"/s/{name}")[0], "an edit is seen at once"
    sent = await owner.client.send_message(channel, "One more.")
    assert f' id="p{sent.id}"' in pages.get(f"/s/{name}")[0], "a post is seen at once"
    await owner.client.delete_messages(channel, [sent.id])
    assert f' id="p{sent.id}"' not in pages.get(f"/s/{name}")[0], "a deletion is seen at once"
    pages.get(f"/{name}/{sent.id}", 410)


async def others(pages, owner):
    """Channels that are protected, private, groups, or nothing any more."""
    from telethon import functions

    protected = await filled.make(owner, "Quiet Towers", "", filled.PROTECTED)
    await owner.client.send_message(protected, "Not to be carried on.")
    await owner.ask(functions.messages.ToggleNoForwardsRequest(protected, True))
    assert 'class="protected"' in pages.get(f"/s/{filled.PROTECTED}")[0]
    feed, _ = pages.get(f"/s/{filled.PROTECTED}/feed")
    assert "Not to be carried on" not in feed and len(feedparser.parse(feed).entries) == 1, feed
    await filled.make(owner, "Tower Talk", "Talk of the towers.", filled.GROUP, megagroup=True)
    assert "member" in pages.get(f"/{filled.GROUP}")[0]
    assert pages.get(f"/s/{filled.GROUP}", 302)[1]["Location"] == f"/{filled.GROUP}"
    await owner.ask(functions.channels.UpdateUsernameRequest(protected, ""))
    hidden, _ = pages.get(f"/s/{filled.PROTECTED}", 404)
    assert "Quiet Towers" not in hidden
    pages.get(f"/{filled.PROTECTED}/2", 404)


def check_feed(pages, posts):
    """The feed as a reader takes it."""
    head = re.search(r'<link rel="alternate" type="application/atom\+xml" title="[^"]*" href="([^"]+)">', pages.get(f"/s/{filled.NAME}")[0])
    body, headers = pages.get(head.group(1))
    assert headers["Content-Type"].startswith("application/atom+xml"), headers["Content-Type"]
    feed = feedparser.parse(body)
    assert not feed.bozo and feed.version == "atom10", feed.get("bozo_exception")
    assert feed.feed.title == "Optical Line" and len(feed.entries) > 15, feed.feed
    titles = [it.title for it in feed.entries]
    assert filled.ATTACK in titles and "📊 When shall we signal?" in titles, titles
    ids = [it.id for it in feed.entries]
    assert len(set(ids)) == len(ids) and all(it.updated_parsed and it.published_parsed for it in feed.entries)
    by_title = {it.title: it for it in feed.entries}
    marked = next(it for title, it in by_title.items() if title.startswith("Bold, italic"))
    assert "<strong>Bold</strong>" in marked.content[0].value and "hidden" not in marked.content[0].value, marked
    assert filled.SECRET not in body and "The Inner Circle" not in body


def validate(folder):
    """html-validate over every page that was seen."""
    command = ["node", str(HERE / ".cache" / "node_modules" / ".bin" / "html-validate")]
    done = subprocess.run(
        [*command, "--config", str(HERE / "htmlvalidate.json"), "--formatter", "json", str(folder / "*.html")],
        capture_output=True, text=True, timeout=120)
    assert done.stdout.strip(), f"html-validate said nothing: {done.stderr}"
    found = json.loads(done.stdout)
    wrong = [f"{pathlib.Path(page['filePath']).name}:{it['line']}:{it['column']} {it['ruleId']}: {it['message']}"
             for page in found for it in page["messages"]]
    assert not wrong, "not valid HTML:\n" + "\n".join(wrong[:40])
    count = len(list(folder.glob("*.html")))
    assert count > 20, f"only {count} pages were seen"
    return count


def draw(pages, posts, folder):
    """What Chromium shows."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is missing: apt install chromium"
    name = filled.NAME
    wanted = {"list": f"/s/{name}", "card": f"/{name}", "post": f"/{name}/{posts['poll']}", "gone": f"/{name}/{posts['gone']}",
              "older": f"/s/{name}?before=30", "protected": f"/s/{filled.OTHER_NAME}"}
    for what, path in wanted.items():
        for width, (across, down) in WIDTHS.items():
            for night in (False, True):
                shot = folder / f"{what}-{width}{'-night' if night else ''}.png"
                # Below some 500 points a window of headless Chromium does not go, but the page may believe it is a phone.
                command = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                           f"--window-size={across},{down}", f"--screenshot={shot}", "--virtual-time-budget=2000",
                           f"--user-data-dir={folder / 'profile'}"]
                command += ["--blink-settings=preferredColorScheme=0"] if night else ["--blink-settings=preferredColorScheme=1"]
                subprocess.run([*command, f"http://127.0.0.1:{pages.server.port}{path}"], check=True, capture_output=True, timeout=90)
    shutil.rmtree(folder / "profile", ignore_errors=True)
    print(f"pages: drawn into {folder}")


async def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--shots", type=pathlib.Path, metavar="FOLDER")
    chosen = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="chappe-pages-"))
    ours = servers.Server(folder)
    stage, failed = Stage(ours), False
    try:
        await ours.start()
        (folder / "pages").mkdir()
        async with asyncio.timeout(SECONDS):
            owner, other = [await stage.join("telethon-full", it) for it in ("Claude", "Ignace")]
            channel, posts = await filled.fill(owner, other)
            pages = Pages(ours, folder / "pages")
            if chosen.shots:
                draw(pages, posts, chosen.shots.resolve())
            await look(pages, owner, channel, posts)
            check_feed(pages, posts)
            print(f"pages: {validate(folder / 'pages')} pages are valid, the feed reads")
            await stage.leave()
        await ours.stop()
    except Exception:
        traceback.print_exc(limit=-6)
        print(ours.tail(), file=sys.stderr, flush=True)
        failed = True
    finally:
        if ours.process is not None and ours.process.returncode is None:
            ours.process.kill()
            await ours.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    if failed:
        # The clients would look for their server first.
        os._exit(1)


if __name__ == "__main__":
    asyncio.run(main())
