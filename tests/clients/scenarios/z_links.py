"""Links: what a page says of itself below a message, at each client, and what is not asked for one."""

import contextlib

from harness.scenario import scenario
from harness.stage import LIBRARIES
from harness.web import Web
from scenarios.z_files import picture

PAIRS = [(one, two) for one, two in zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1])]
ON = {"previews": True, "previews_allow": ["127.0.0.1"]}
TOWER = """<!doctype html><title>plain</title><meta property="og:title" content="Towers &amp; clocks">
<meta property="og:site_name" content="Optics"><meta property="og:description" content="From Paris to Lille">
<meta property="og:image" content="/tower.png">"""


@contextlib.asynccontextmanager
async def site(stage):
    web = await Web().start()
    image = picture(stage.server.folder / "tower.png", 640, 400, 7).read_bytes()
    web.pages = {"/tower": ("text/html; charset=utf-8", TOWER.encode()), "/tower.png": ("image/png", image)}
    try:
        yield web
    finally:
        web.close()


@scenario(each=PAIRS, outbox=PAIRS[:1], **ON)
async def a_link_is_shown_with_its_page_once_that_has_come(stage, kinds):
    one, two = await stage.two(kinds)
    async with site(stage) as web:
        web.open.clear()
        text = f"look at {web.link('/tower')}"
        number = await one.send(two.id, text)
        heard = await two.hears(text)
        assert await two.page(one.id, heard.id) is None, "nobody waits for a stranger's server"
        web.open.set()
        shown = ("Towers & clocks", "Optics", True)
        await two.comes_to(shown, lambda: two.page(one.id, heard.id))
        await one.comes_to(shown, lambda: one.page(two.id, number))
        again = await two.send(one.id, text)
        await two.comes_to(shown, lambda: two.page(one.id, again))
        assert web.asked == ["/tower", "/tower.png"], "once for all"
    stage.quiet()


@scenario(each=LIBRARIES, **ON)
async def a_page_is_looked_at_before_its_link_is_sent(stage, kind):
    person = await stage.join(kind, "Claude")
    async with site(stage) as web:
        await person.comes_to("Towers & clocks", lambda: person.page_in(f"see {web.link('/tower')}"))
        await person.comes_to(None, lambda: person.page_in(f"see {web.link('/missing')}"))


@scenario(each=LIBRARIES, **ON)
async def an_edit_brings_a_page_and_takes_it_away(stage, kind):
    one, two = await stage.two((kind, LIBRARIES[0]))
    async with site(stage) as web:
        number = await one.send(two.id, "soon")
        heard = await two.hears("soon")
        await one.edit(two.id, number, web.link("/tower"))
        shown = ("Towers & clocks", "Optics", True)
        await two.comes_to(shown, lambda: two.page(one.id, heard.id))
        await one.comes_to(shown, lambda: one.page(two.id, number))
        await one.edit(two.id, number, "never mind")
        await two.comes_to(None, lambda: two.page(one.id, heard.id))


@scenario(each=LIBRARIES, previews=True)
async def nothing_inside_is_asked_for_a_preview(stage, kind):
    one, two = await stage.two((kind, LIBRARIES[0]))
    async with site(stage) as web:
        for link in web.link("/tower"), f"http://localhost:{web.port}/tower", f"http://2130706433:{web.port}/tower":
            number = await one.send(two.id, link)
            await two.hears(link)
            assert await one.page(two.id, number) is None
        assert web.asked == []
    stage.quiet()


@scenario(each=LIBRARIES, previews=True)
async def a_link_to_a_channel_of_this_server_is_shown_without_a_question(stage, kind):
    one, two = await stage.two((kind, LIBRARIES[0]))
    channel = await one.announce("Optics")
    await one.name_group(channel, "optics_news")
    text = "read https://t.me/optics_news"
    await one.send(two.id, text)
    heard = await two.hears(text)
    shown = await two.page(one.id, heard.id)
    assert shown[0] == "Optics", shown
