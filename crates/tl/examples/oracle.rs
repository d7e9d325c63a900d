//! The transcoder's side of `tests/layers`, where real libraries read what it wrote and write what it reads.
//!
//! A file is a sequence of values, each after its length (u32, little-endian).
//! - `objects LAYER EACH FILE`: random objects of every constructor of the newest layer, as LAYER has them.
//! - `requests LAYER EACH FILE`: random requests of every method of LAYER.
//! - `read LAYER FILE`: reads requests of LAYER with the typed decoder of the newest, byte for byte. Prints
//!   each method that has no request read, and each constructor that had no form.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{self, Write},
};
use tl::generate::{Generator, declarations};
use tl::{Identifiable, Layer, Limits, Serializable, TranscodeError, functions};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// Whether the typed decoder reads the request to the last byte and writes the same bytes again.
fn reads<F: tl::Deserializable + Serializable + Identifiable>(bytes: &[u8]) -> bool {
    tl::decode_request::<F>(bytes).is_ok_and(|request| request.to_bytes() == bytes)
}

macro_rules! decode {
    ($($path:path,)*) => {
        fn decodes(id: u32, bytes: &[u8]) -> bool {
            use functions::*;
            match id {
                $(<$path>::CONSTRUCTOR_ID => reads::<$path>(bytes),)*
                _ => false,
            }
        }
    };
}
every_method!(decode);

fn put(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&len.to_le_bytes())?;
    out.write_all(bytes)
}

fn objects(layer: Layer, each: usize, out: &mut impl Write) -> io::Result<()> {
    let mut generator = Generator::of(Layer::NEWEST, 7);
    let (mut done, mut refused) = (0, BTreeSet::new());
    for (id, name) in declarations(Layer::NEWEST, false) {
        for _ in 0..each {
            let Some(newest) = generator.value_of(id) else { continue };
            let mut older = Vec::new();
            match tl::downgrade(layer, &newest, &mut older) {
                Ok(()) => {
                    put(out, &older)?;
                    done += 1;
                }
                Err(TranscodeError::NoForm { .. }) => {
                    refused.insert(name);
                }
                Err(e) => return Err(io::Error::other(format!("{name}: {e}"))),
            }
        }
    }
    println!("{done} objects; {} constructors are not of the layer, or not always", refused.len());
    Ok(())
}

fn requests(layer: Layer, each: usize, out: &mut impl Write) -> io::Result<()> {
    let mut generator = Generator::of(layer, 11);
    for (id, _) in declarations(layer, true) {
        for _ in 0..each {
            if let Some(request) = generator.value_of(id) {
                put(out, &request)?;
            }
        }
    }
    Ok(())
}

fn read(layer: Layer, file: &[u8]) -> io::Result<()> {
    let names: BTreeMap<u32, &str> = declarations(layer, true).chain(declarations(layer, false)).collect();
    let name = |id: u32| names.get(&id).copied().unwrap_or("?");
    let (mut rest, mut read, mut all, mut formless) = (file, BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut done = 0;
    while let Some((len, after)) = rest.split_first_chunk::<4>() {
        let (request, after) = after.split_at(u32::from_le_bytes(*len) as usize);
        rest = after;
        let method = name(tl::request_id(request).unwrap_or(0));
        all.insert(method);
        match tl::upgrade(layer, request, &Limits::REQUEST) {
            Ok(up) if decodes(up.id, &up.bytes) => {
                read.insert(method);
                done += 1;
            }
            Ok(_) => return Err(io::Error::other(format!("{method} does not decode"))),
            Err(TranscodeError::NoForm { id }) => {
                formless.insert(name(id));
            }
            Err(e) => return Err(io::Error::other(format!("{method}: {e}"))),
        }
    }
    all.difference(&read).for_each(|it| println!("method {it}"));
    formless.difference(&all).for_each(|it| println!("constructor {it}"));
    eprintln!("{done} requests of {} methods", read.len());
    Ok(())
}

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().collect();
    let number = |at: usize| args.get(at).and_then(|it| it.parse::<i32>().ok()).ok_or(io::Error::other("a number"));
    let layer = Layer::serving(number(2)?).map_err(io::Error::other)?;
    let each = || number(3).map(|n| usize::try_from(n).unwrap_or(0));
    let file = |at: usize| args.get(at).ok_or(io::Error::other("a file"));
    let create = |at: usize| Ok::<_, io::Error>(io::BufWriter::new(fs::File::create(file(at)?)?));
    match args.get(1).map(String::as_str) {
        Some("objects") => objects(layer, each()?, &mut create(4)?),
        Some("requests") => requests(layer, each()?, &mut create(4)?),
        Some("read") => read(layer, &fs::read(file(3)?)?),
        _ => Err(io::Error::other("objects, requests or read")),
    }
}
