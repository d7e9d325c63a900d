//! One file a target: `seeds` gives inputs of the right shape, `run` takes the fuzzer's bytes; its test runs
//! a few seeded mutations.

pub mod envelope;
pub mod gunzip;
pub mod handshake;
pub mod lanes;
pub mod links;
pub mod media_photo;
pub mod media_probe;
pub mod media_tgs;
pub mod pieces;
pub mod preview_link;
pub mod preview_page;
pub mod proxy;
pub mod sticker_words;
pub mod stored;
pub mod text;
mod tl_seeds;
pub mod tl_walk;
pub mod transcoder;
pub mod transports;

/// A parser of bytes from outside or of rows that a disk may have damaged, or what must agree with a plainer way.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Inputs of the right shape.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Takes any bytes, and panics where they break something.
    pub run: fn(&[u8]),
}

/// Every target.
pub const ALL: &[Target] = &[
    Target { name: "transports", seeds: transports::seeds, run: transports::run },
    Target { name: "proxy", seeds: proxy::seeds, run: proxy::run },
    Target { name: "envelope", seeds: envelope::seeds, run: envelope::run },
    Target { name: "handshake", seeds: handshake::seeds, run: handshake::run },
    Target { name: "lanes", seeds: lanes::seeds, run: lanes::run },
    Target { name: "links", seeds: links::seeds, run: links::run },
    Target { name: "gunzip", seeds: gunzip::seeds, run: gunzip::run },
    Target { name: "tl_walk", seeds: tl_seeds::all, run: tl_walk::run },
    Target { name: "transcoder", seeds: tl_seeds::all, run: transcoder::run },
    Target { name: "text", seeds: text::seeds, run: text::run },
    Target { name: "media_probe", seeds: media_probe::seeds, run: media_probe::run },
    Target { name: "media_photo", seeds: media_photo::seeds, run: media_photo::run },
    Target { name: "media_tgs", seeds: media_tgs::seeds, run: media_tgs::run },
    Target { name: "pieces", seeds: pieces::seeds, run: pieces::run },
    Target { name: "preview_link", seeds: preview_link::seeds, run: preview_link::run },
    Target { name: "preview_page", seeds: preview_page::seeds, run: preview_page::run },
    Target { name: "stored", seeds: stored::seeds, run: stored::run },
    Target { name: "sticker_words", seeds: sticker_words::seeds, run: sticker_words::run },
];
