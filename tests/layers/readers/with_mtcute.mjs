// Reads objects to the last byte, and makes, writes and checks requests, with mtcute's TL of its core package.
// usage: with_mtcute.mjs MODULES OBJECTS REQUESTS WRITTEN; prints a line for each name that fails: kind, name, why.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, objects, requests, written] = process.argv.slice(2)
const core = createRequire(`${modules}/@mtcute/core/index.js`)
const { TlBinaryReader, TlBinaryWriter } = core('@mtcute/tl-runtime')
const tl = `${modules}/@mtcute/core/tl`
const { __tlReaderMap: readers } = core(`${tl}/binary/reader.cjs`)
const { __tlWriterMap: writers } = core(`${tl}/binary/writer.cjs`)
const schema = JSON.parse(readFileSync(`${tl}/api-schema.json`))

function* records(path) {
    const data = readFileSync(path)
    for (let at = 0; at < data.length;) {
        const size = data.readUInt32LE(at)
        yield data.subarray(at + 4, at + 4 + size)
        at += 4 + size
    }
}

const names = new Map(schema.e.map((it) => [it.id >>> 0, it]))
const bad = new Map()
const fail = (kind, name, why) => bad.set(`${kind}\t${name}`, bad.get(`${kind}\t${name}`) ?? String(why).slice(0, 200))
let done = 0
for (const data of records(objects)) {
    try {
        const reader = new TlBinaryReader(readers, data)
        reader.object()
        if (reader.pos !== data.length) throw new Error(`${data.length - reader.pos} bytes left`)
        done++
    } catch (why) {
        fail('object', names.get(data.readUInt32LE(0))?.name ?? data.readUInt32LE(0).toString(16), why)
    }
}

// The library has no reader of requests: their fields are read by its schema, with its reader.
function request(data) {
    const reader = new TlBinaryReader(readers, data)
    const method = names.get(reader.uint() >>> 0)
    if (method?.kind !== 'method') throw new Error('no such method')
    const value = { _: method.name }
    const words = {}
    for (const it of method.arguments) {
        const when = it.typeModifiers?.predicate?.split('.')
        const on = !when || (words[when[0]] >>> Number(when[1])) & 1
        if (it.type === '#') words[it.name] = reader.uint()
        else if (it.type === 'true') value[camel(it.name)] = Boolean(on)
        else if (on) value[camel(it.name)] = field(reader, it)
    }
    if (reader.pos !== data.length) throw new Error(`${data.length - reader.pos} bytes left`)
    return value
}

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase())
const plain = { int: 'int', long: 'long', double: 'double', string: 'string', bytes: 'bytes', int128: 'int128', int256: 'int256', Bool: 'boolean', int53: 'int53' }

function field(reader, it) {
    const one = () => {
        const kind = plain[it.type]
        return kind ? reader[kind]() : reader.object()
    }
    if (!it.typeModifiers?.isVector) return one()
    return reader.vector(one)
}

const met = new Set()
const back = []
for (const data of records(requests)) {
    const name = names.get(data.readUInt32LE(0))?.name ?? data.readUInt32LE(0).toString(16)
    try {
        const value = request(data)
        const writer = TlBinaryWriter.manual(data.length + 64)
        writer.objectMap = writers
        writer.object(value)
        const bytes = Buffer.from(writer.result())
        // Not always our bytes: it leaves out an optional list that is empty.
        met.add(name)
        back.push(bytes)
    } catch (why) {
        fail('request', name, why)
    }
}
for (const it of schema.e) {
    if (it.kind === 'method' && !met.has(it.name)) fail('unmet', it.name, 'no such method of the layer')
}
writeFileSync(written, Buffer.concat(back.flatMap((it) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(it.length)
    return [size, it]
})))
for (const [key, why] of bad) console.log(`${key}\t${why}`)
console.log(`read\t${schema.l}\t${done}\t${back.length}`)
