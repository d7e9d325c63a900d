// Photos of people and chats, for mtcute.mjs.

import crypto from 'node:crypto'

const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex')

export const portraits = (tg) => {
    const square = async (photo) => (photo ? digest(await tg.downloadAsBuffer(photo.big)) : null)
    return {
        async show({ path }) {
            await tg.setMyProfilePhoto({ type: 'photo', media: `file:${path}` })
        },
        async unshow() {
            const [latest] = await tg.getProfilePhotos('me', { limit: 1 })
            await tg.deleteProfilePhotos(latest.fileId)
        },
        async portrait({ user }) {
            const [it] = await tg.getUsers(user)
            return square(it.photo)
        },
        async portraits({ user }) {
            const all = []
            for (const it of await tg.getProfilePhotos(user)) all.push(digest(await tg.downloadAsBuffer(it)))
            return all
        },
        async hidePortrait() {
            const key = { _: 'inputPrivacyKeyProfilePhoto' }
            await tg.call({ _: 'account.setPrivacy', key, rules: [{ _: 'inputPrivacyValueDisallowAll' }] })
        },
        async givePortrait({ user, path, suggest }) {
            const { inputFile: file } = await tg.uploadFile({ file: path })
            const userId = await tg.resolveUser(user)
            await tg.call({ _: 'photos.uploadContactProfilePhoto', suggest, userId, file })
        },
        async takePortrait({ user }) {
            const [last] = await tg.getHistory(user, { limit: 1 })
            const photo = last?.action?.photo
            if (photo) await tg.setMyProfilePhoto({ type: 'photo', media: photo.inputPhoto })
            return Boolean(photo)
        },
        async showGroup({ group, path }) {
            if (path) await tg.setChatPhoto({ chatId: group, type: 'photo', media: `file:${path}` })
            else await tg.deleteChatPhoto(group)
        },
        async groupPortrait({ group }) {
            return square((await tg.getChat(group)).photo)
        },
    }
}
