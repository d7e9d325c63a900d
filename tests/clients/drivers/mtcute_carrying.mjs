// Files in messages, for mtcute.mjs.

import crypto from 'node:crypto'
import path from 'node:path'

const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex')

export const carrying = (tg) => {
    const media = (file, kind) => ({ type: kind, file: `file:${file}`, fileName: path.basename(file) })
    const message = async (chat, number) => (await tg.getMessages(chat, number))[0]
    const edit = async (chat, id, live) => {
        const edited = { _: 'inputMediaGeoLive', ...live }
        const updates = await tg.call({ _: 'messages.editMessage', peer: await tg.resolvePeer(chat), id, media: edited })
        tg.handleClientUpdate(updates, true)
    }
    // A file as it was known when it was put here.
    let held = null
    return {
        async hold({ chat, number }) {
            held = (await message(chat, number)).media
        },
        fetchHeld: async () => digest(await tg.downloadAsBuffer(held)),
        async fetchedFrom({ chat, number, offset }) {
            const hash = crypto.createHash('sha256')
            for await (const chunk of tg.downloadAsIterable((await message(chat, number)).media, { offset })) hash.update(chunk)
            return hash.digest('hex')
        },
        async carry({ chat, path: file, kind, caption }) {
            return (await tg.sendMedia(chat, media(file, kind), { caption })).id
        },
        async carryAlbum({ chat, paths, caption }) {
            const medias = paths.map((it, at) => ({ ...media(it, 'photo'), caption: at === 0 ? caption : '' }))
            return (await tg.sendMediaGroup(chat, medias)).map((it) => it.id)
        },
        async fetched({ chat, number }) {
            const it = await message(chat, number)
            const bytes = await tg.downloadAsBuffer(it.media)
            const kind = ['photo', 'voice', 'sticker'].includes(it.media.type) ? it.media.type : 'document'
            return [kind, digest(bytes), it.groupedId ? it.groupedId.toString() : null]
        },
        async thumbnail({ chat, number }) {
            const { thumbnails } = (await message(chat, number)).media
            const bytes = await tg.downloadAsBuffer(thumbnails[thumbnails.length - 1])
            return Buffer.from(bytes).toString('hex')
        },
        async sendPlace({ chat, latitude, longitude }) {
            return (await tg.sendMedia(chat, { type: 'geo', latitude, longitude })).id
        },
        async place({ chat, number }) {
            const { latitude, longitude } = (await message(chat, number)).media
            return [latitude, longitude]
        },
        async replace({ chat, number, path: file, caption }) {
            await tg.editMessage({ chatId: chat, message: number, text: caption, media: media(file, 'photo') })
        },
        async carryTimed({ chat, path: file, seconds }) {
            return (await tg.sendMedia(chat, { ...media(file, 'photo'), ttlSeconds: seconds })).id
        },
        async openContents({ number }) {
            const { pts, ptsCount } = await tg.call({ _: 'messages.readMessageContents', id: [number] })
            // As the library does after methods that it knows to answer so.
            const updates = [{ _: 'mtcute.dummyUpdate', channelId: 0, pts, ptsCount }]
            tg.handleClientUpdate({ _: 'updates', seq: 0, date: 0, chats: [], users: [], updates }, true)
        },
        async isUnheard({ chat, number }) {
            return Boolean((await message(chat, number)).raw.mediaUnread)
        },
        async isOver({ chat, number }) {
            return (await message(chat, number)).raw.media.photo === undefined
        },
        async sendLive({ chat, latitude, longitude, period }) {
            return (await tg.sendMedia(chat, { type: 'geo_live', latitude, longitude, period, heading: 45 })).id
        },
        async move({ chat, number, latitude, longitude }) {
            await edit(chat, number, { geoPoint: { _: 'inputGeoPoint', lat: latitude, long: longitude } })
        },
        async stopMoving({ chat, number }) {
            await edit(chat, number, { geoPoint: { _: 'inputGeoPointEmpty' }, stopped: true })
        },
        async whereabouts({ chat, number }) {
            const { geo, period } = (await message(chat, number)).raw.media
            return [geo.lat, geo.long, period]
        },
        async page({ chat, number }) {
            const { media } = await message(chat, number)
            if (media?.type !== 'webpage') return null
            const { title, siteName, photo } = media.preview
            const bytes = photo ? await tg.downloadAsBuffer(photo) : []
            return [title, siteName, bytes[0] === 0xff && bytes[1] === 0xd8]
        },
        async pageIn({ text }) {
            const { media } = await tg.call({ _: 'messages.getWebPagePreview', message: text })
            return media.webpage?._ === 'webPage' ? media.webpage.title : null
        },
    }
}
