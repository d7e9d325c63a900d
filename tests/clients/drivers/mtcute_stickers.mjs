// Sticker sets, for mtcute.mjs.

import crypto from 'node:crypto'

export const stickers = (tg, Long) => {
    const alt = (document) => document.attributes.find((it) => it.alt !== undefined).alt
    const named = (name) => ({ _: 'inputStickerSetShortName', shortName: name })
    const whole = (name) => tg.call({ _: 'messages.getStickerSet', stickerset: named(name), hash: 0 })
    const input = ({ id, accessHash, fileReference }) => ({ _: 'inputDocument', id, accessHash, fileReference })
    const NONE = Long.ZERO
    return {
        async makeSet({ title, name, stickers, kind }) {
            const made = stickers.map(([file, emojis]) => ({
                file: `file:${file}`, emojis,
            }))
            const type = kind === 'regular' ? 'sticker' : kind
            await tg.createStickerSet({ owner: 'self', title, shortName: name, stickers: made, type })
        },
        async setOf({ name }) {
            const it = await tg.getStickerSet(name)
            return [it.title, it.stickers.map(({ sticker }) => sticker.emoji)]
        },
        async install({ name }) {
            await tg.call({ _: 'messages.installStickerSet', stickerset: named(name), archived: false })
        },
        async installed() {
            return (await tg.getInstalledStickers()).map((it) => it.shortName)
        },
        async orderSets({ names }) {
            const order = []
            for (const it of names) order.push((await whole(it)).set.id)
            await tg.call({ _: 'messages.reorderStickerSets', order })
        },
        async sendSticker({ chat, name, place }) {
            const it = await tg.getStickerSet(name)
            return (await tg.sendMedia(chat, it.stickers[place].sticker.inputMedia)).id
        },
        async sticker({ chat, number }) {
            const { media } = (await tg.getMessages(chat, number))[0]
            const { set } = await tg.call({ _: 'messages.getStickerSet', stickerset: media.inputStickerSet, hash: 0 })
            const bytes = await tg.downloadAsBuffer(media)
            return [set.shortName, media.emoji, crypto.createHash('sha256').update(bytes).digest('hex')]
        },
        async fave({ name, place }) {
            await tg.call({ _: 'messages.faveSticker', id: input((await whole(name)).documents[place]), unfave: false })
        },
        async faved() {
            return (await tg.call({ _: 'messages.getFavedStickers', hash: NONE })).stickers.map(alt)
        },
        async recent() {
            return (await tg.call({ _: 'messages.getRecentStickers', hash: NONE })).stickers.map(alt)
        },
        async dropSet({ name }) {
            await tg.call({ _: 'stickers.deleteStickerSet', stickerset: named(name) })
        },
        async shownSets() {
            return (await tg.call({ _: 'messages.getFeaturedStickers', hash: NONE })).sets.map((it) => it.set.shortName)
        },
    }
}
