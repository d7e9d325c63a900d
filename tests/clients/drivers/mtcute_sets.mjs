// Sets of each kind, put away and looked for, for mtcute.mjs.

import crypto from 'node:crypto'

export const sets = (tg, Long) => {
    const named = (name) => ({ _: 'inputStickerSetShortName', shortName: name })
    const all = { regular: 'messages.getAllStickers', mask: 'messages.getMaskStickers', emoji: 'messages.getEmojiStickers' }
    const wanted = { regular: 'messages.searchStickerSets', emoji: 'messages.searchEmojiStickerSets' }
    const names = (sets) => sets.map((it) => it.set.shortName)
    const digests = async (documents) => {
        const found = []
        for (const { id, accessHash, fileReference, size, dcId } of documents) {
            const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' }
            const bytes = await tg.downloadAsBuffer(location, { fileSize: Number(size), dcId })
            found.push(crypto.createHash('sha256').update(bytes).digest('hex'))
        }
        return found
    }
    const whole = (name) => tg.call({ _: 'messages.getStickerSet', stickerset: named(name), hash: 0 })
    return {
        async installedOf({ kind }) {
            return (await tg.call({ _: all[kind], hash: Long.ZERO })).sets.map((it) => it.shortName)
        },
        async putAway({ name }) {
            await tg.call({ _: 'messages.installStickerSet', stickerset: named(name), archived: true })
        },
        async archivedSets({ kind }) {
            const of = { masks: kind === 'mask', emojis: kind === 'emoji' }
            return names((await tg.call({ _: 'messages.getArchivedStickers', ...of, offsetId: Long.ZERO, limit: 100 })).sets)
        },
        async findSets({ words, kind }) {
            return names((await tg.call({ _: wanted[kind], q: words, hash: Long.ZERO })).sets)
        },
        async findStickers({ emoji }) {
            return digests((await tg.call({ _: 'messages.getStickers', emoticon: emoji, hash: Long.ZERO })).stickers)
        },
        async filesOf({ name }) {
            return digests((await whole(name)).documents)
        },
        async sendEmoji({ chat, name, place }) {
            const { id } = (await whole(name)).documents[place]
            const entity = { _: 'messageEntityCustomEmoji', offset: 0, length: 2, documentId: id }
            return (await tg.sendText(chat, { text: '🐱', entities: [entity] })).id
        },
        async emojiIn({ chat, number }) {
            const { entities } = (await tg.getMessages(chat, number))[0].raw
            const documentId = entities.filter((it) => it._ === 'messageEntityCustomEmoji').map((it) => it.documentId)
            return digests(await tg.call({ _: 'messages.getCustomEmojiDocuments', documentId }))
        },
    }
}
