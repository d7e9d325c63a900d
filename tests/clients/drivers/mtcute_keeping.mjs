// What people keep of files, for mtcute.mjs.

import crypto from 'node:crypto'
import path from 'node:path'

const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex')

export const keeping = (tg, Long) => {
    const named = ({ id, accessHash, fileReference }) => ({ _: 'inputDocument', id, accessHash, fileReference })
    const document = async (chat, number) => named((await tg.getMessages(chat, number))[0].media.raw)
    const digests = async (documents) => {
        const all = []
        for (const it of documents) {
            const location = { ...named(it), _: 'inputDocumentFileLocation', thumbSize: '' }
            all.push(digest(await tg.downloadAsBuffer(location, { fileSize: Number(it.size), dcId: it.dcId })))
        }
        return all
    }
    const pictures = async () => {
        const { wallpapers } = await tg.call({ _: 'account.getWallPapers', hash: Long.ZERO })
        return wallpapers.filter((it) => it._ === 'wallPaper')
    }
    const set = async (what) => {
        tg.handleClientUpdate(await tg.call({ _: 'messages.setChatWallPaper', ...what }))
    }
    return {
        async sendGif({ chat, path: file }) {
            const about = { type: 'video', isAnimated: true, fileMime: 'video/mp4', duration: 1, width: 16, height: 16 }
            return (await tg.sendMedia(chat, { ...about, file: `file:${file}`, fileName: path.basename(file) })).id
        },
        async sendSong({ chat, path: file }) {
            const about = { type: 'audio', fileMime: 'audio/mpeg', duration: 3, title: 'a song', performer: 'a band' }
            return (await tg.sendMedia(chat, { ...about, file: `file:${file}`, fileName: path.basename(file) })).id
        },
        async gifs() {
            return digests((await tg.call({ _: 'messages.getSavedGifs', hash: Long.ZERO })).gifs)
        },
        async saveGif({ chat, number, yes }) {
            await tg.call({ _: 'messages.saveGif', id: await document(chat, number), unsave: !yes })
        },
        async addSound({ path: file }) {
            const uploaded = await tg.uploadFile({ file, fileName: path.basename(file) })
            const about = { fileName: path.basename(file), mimeType: 'audio/mpeg' }
            await tg.call({ _: 'account.uploadRingtone', file: uploaded.inputFile, ...about })
        },
        async sounds() {
            return digests((await tg.call({ _: 'account.getSavedRingtones', hash: Long.ZERO })).ringtones)
        },
        async putSong({ chat, number, yes }) {
            await tg.call({ _: 'account.saveMusic', id: await document(chat, number), unsave: !yes })
        },
        async setWallpaper({ chat, path: file, both }) {
            const { inputFile } = await tg.uploadFile({ file, fileName: path.basename(file) })
            const about = { mimeType: 'image/jpeg', settings: { _: 'wallPaperSettings' }, forChat: true }
            const { id, accessHash } = await tg.call({ _: 'account.uploadWallPaper', file: inputFile, ...about })
            const wallpaper = { _: 'inputWallPaper', id, accessHash }
            const peer = await tg.resolvePeer(chat)
            await set({ peer, forBoth: both, wallpaper, settings: about.settings })
        },
        async takeOffWallpaper({ chat }) {
            await set({ peer: await tg.resolvePeer(chat), revert: true })
        },
        async wallpaper({ chat }) {
            const { fullUser } = await tg.call({ _: 'users.getFullUser', id: await tg.resolveUser(chat) })
            return fullUser.wallpaper ? (await digests([fullUser.wallpaper.document]))[0] : null
        },
        async savePhotos({ yes }) {
            const settings = { _: 'autoSaveSettings', photos: yes, videoMaxSize: 100 << 20 }
            await tg.call({ _: 'account.saveAutoSaveSettings', users: true, settings })
        },
        async savesPhotos() {
            return (await tg.call({ _: 'account.getAutoSaveSettings' })).usersSettings.photos ?? false
        },
        async largestFetched() {
            const { low, high } = await tg.call({ _: 'account.getAutoDownloadSettings' })
            return [Number(low.videoSizeMax), Number(high.videoSizeMax)]
        },
        async wallpapers() {
            return (await tg.call({ _: 'account.getWallPapers', hash: Long.ZERO })).wallpapers.length
        },
        async addWallpaper({ path: file }) {
            const { inputFile } = await tg.uploadFile({ file, fileName: path.basename(file) })
            const settings = { _: 'wallPaperSettings' }
            const about = { mimeType: 'image/jpeg', settings }
            const { id, accessHash } = await tg.call({ _: 'account.uploadWallPaper', file: inputFile, ...about })
            const wallpaper = { _: 'inputWallPaper', id, accessHash }
            await tg.call({ _: 'account.installWallPaper', wallpaper, settings })
        },
        async wallpaperFiles() {
            return digests((await pictures()).map((it) => it.document))
        },
        async dropWallpaper({ place }) {
            const { id, accessHash } = (await pictures())[place]
            const wallpaper = { _: 'inputWallPaper', id, accessHash }
            await tg.call({ _: 'account.saveWallPaper', wallpaper, unsave: true, settings: { _: 'wallPaperSettings' } })
        },
        async resetWallpapers() {
            await tg.call({ _: 'account.resetWallPapers' })
        },
        async byHash({ sha256, size, mime }) {
            const hash = Buffer.from(sha256, 'hex')
            const found = await tg.call({
                _: 'messages.getDocumentByHash', sha256: hash, size: Long.fromNumber(size), mimeType: mime,
            })
            return found._ === 'document' ? (await digests([found]))[0] : null
        },
        async songs({ user }) {
            const id = await tg.resolveUser(user)
            const asked = { _: 'users.getSavedMusic', id, offset: 0, limit: 10, hash: Long.ZERO }
            return digests((await tg.call(asked)).documents)
        },
    }
}
