// A person at mtcute, spoken to in lines of JSON: {"do": …} in, {"ok": …} or {"error": …} out.
// Run in the folder that holds node_modules: node mtcute.mjs PORT PEM MODE

import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

// This file lives elsewhere than its libraries, so they are found from the working folder.
const load = (file) => import(pathToFileURL(path.resolve('node_modules', file)))
const { MemoryStorage, MtProxyTcpTransport, TelegramClient } = await load('@mtcute/node/index.js')
const { addPublicKey } = await load('@mtcute/core/utils.js')
const { __publicKeyIndex } = await load('@mtcute/core/tl/binary/rsa-keys.js')
const { NodeCryptoProvider } = await load('@mtcute/node/utils/crypto.js')

const [port, pem, mode] = process.argv.slice(2)
// What the library has to say belongs beside the answers, not among them.
console.log = console.warn = console.info = console.error
const crypto = new NodeCryptoProvider()
await crypto.initialize()
for (const known of Object.keys(__publicKeyIndex)) delete __publicKeyIndex[known]
addPublicKey(crypto, fs.readFileSync(pem, 'utf8').trim())

const dc = (more = {}) => ({ id: 2, ipAddress: '127.0.0.1', port: Number(port), ...more })
const options = {
    apiId: 1,
    apiHash: 'a'.repeat(32),
    storage: new MemoryStorage(),
    logLevel: 2,
    defaultDcs: { main: dc(), media: dc({ mediaOnly: true }) },
}
if (mode === 'pfs') options.network = { usePfs: true }
if (mode === 'mtproxy') {
    const secret = 'dd' + '00'.repeat(15) + '01'
    options.transport = new MtProxyTcpTransport({ host: '127.0.0.1', port: Number(port), secret })
}
const tg = new TelegramClient(options)
const heard = []
tg.onNewMessage.add((message) => { if (!message.isOutgoing) heard.push(message.text) })

const actions = {
    async join({ phone, name, code }) {
        const { phoneCodeHash } = await tg.sendCode({ phone })
        const sent = { phoneNumber: phone, phoneCodeHash }
        // The library refuses to sign up by itself, so its raw calls are used.
        const answer = await tg.call({ _: 'auth.signIn', ...sent, phoneCode: code })
        if (answer._ === 'auth.authorizationSignUpRequired')
            await tg.call({ _: 'auth.signUp', ...sent, firstName: name, lastName: '' })
        const me = await tg.getMe()
        await tg.notifyLoggedIn(me.raw)
        await tg.startUpdatesLoop()
        return me.id
    },
    knows: async ({ phone, name }) => (await tg.importContacts([{ phone, firstName: name, lastName: '' }])).users[0].id,
    send: async ({ to, text }) => (await tg.sendText(to, text)).id,
    texts: async ({ chat }) => (await tg.getHistory(chat)).map((message) => message.text).reverse(),
    heard: async () => heard,
    leave: async () => { await tg.destroy(); return true },
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: action, ...rest } = JSON.parse(line)
    let answer
    try {
        answer = { ok: await actions[action](rest) }
    } catch (error) {
        answer = { error: String(error.text ?? error.stack ?? error) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
    if (action === 'leave') process.exit(0)
}
