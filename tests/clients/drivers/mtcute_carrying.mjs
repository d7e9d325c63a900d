// Files in messages, for mtcute.mjs.

import crypto from 'node:crypto'
import path from 'node:path'

const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex')

export const carrying = (tg) => {
    const media = (file, kind) => ({ type: kind, file: `file:${file}`, fileName: path.basename(file) })
    const message = async (chat, number) => (await tg.getMessages(chat, number))[0]
    return {
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
            const kind = it.media.type === 'photo' || it.media.type === 'voice' ? it.media.type : 'document'
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
    }
}
