//! What encryption costs: one stream against a loop over the `aes` crate, and whole messages sealed in lanes
//! against one after another. Every figure is the least of many rounds in which the compared take turns.

use std::hint::black_box;
use std::time::Instant;

use aes::cipher::{BlockEncrypt, KeyInit};
use clap::Args;
use crypto::message::{Lane, Path, Side, seal, seal_batch, seal_batch_on};
use crypto::{AuthKey, ige};
use rand::{RngCore, SeedableRng};

/// Encrypted bytes of a message with a body of 300 bytes: a header of 32, and padding to whole blocks.
const MESSAGE: usize = 352;

/// Bytes in front of a message's body.
const HEADER: usize = 32;

/// Messages a round: more than the first cache holds, as between two posts.
const MESSAGES: usize = 256;

/// Messages of a batch.
const LANES: usize = 16;

/// Bytes that one measurement of a single stream goes through.
const SPAN: usize = 1 << 19;

#[derive(Args)]
pub(crate) struct Crypto {
    /// How often each is measured; the least counts.
    #[arg(long, default_value_t = 1000)]
    rounds: usize,
}

impl Crypto {
    pub(crate) fn run(self) {
        let (hashes, ciphers) = fastest().names();
        println!("this CPU's widest path: {hashes} and {ciphers}; {} rounds, the least of each\n", self.rounds);
        self.single();
        self.ige_in_lanes();
        self.messages();
    }

    /// IGE of one stream, key schedule included.
    fn single(&self) {
        println!("IGE, one stream: ns, of the loop over the aes crate (goal at 16 KB: 1.3)");
        let (key, iv) = ([1; 32], [2; 32]);
        for length in [64, 1 << 10, 16 << 10, 512 << 10] {
            let (mut data, times) = (vec![3; length], (SPAN / length).min(512));
            let [ours, theirs] = least(self.rounds / 4, |turn| {
                let data = black_box(&mut data[..]);
                timed(times, || match turn {
                    0 => ige::encrypt(&key, &iv, data),
                    _ => block_by_block(&key, &iv, data),
                })
            });
            println!("  {length:>6} bytes {ours:>10.0} / {theirs:.0}: {:.2}", theirs / ours);
        }
    }

    /// IGE alone, of equal streams.
    fn ige_in_lanes(&self) {
        println!("\nIGE of {MESSAGE} bytes, ns a stream, and of one after another");
        let keys = [([1; 32], [2; 32]); LANES];
        let mut data = vec![vec![3; MESSAGE]; LANES];
        let paths = paths();
        let names = ["one after another", "8 lanes", "16 lanes"];
        let figures: [f64; 3] = least(self.rounds, |turn| {
            let mut lanes = data.iter_mut().map(|it| &mut it[..]).collect::<Vec<_>>();
            let taken = timed(16, || match turn {
                0 => keys.iter().zip(&mut lanes).for_each(|((key, iv), lane)| ige::encrypt(key, iv, lane)),
                1 => paths[0].encrypt(&keys, &mut lanes),
                _ => paths[1].encrypt(&keys, &mut lanes),
            });
            taken / LANES as f64
        });
        for (name, figure) in names.iter().zip(figures) {
            println!("  {name:<44} {figure:>7.1}   {:.2}", figures[0] / figure);
        }
    }

    /// Whole messages: message key, derived keys, IGE.
    fn messages(&self) {
        println!("\na post of 300 bytes to many, {MESSAGE} encrypted: ns a message, and of one after another");
        self.batches(messages(true));
        println!("\nmessages of 300 bytes that have nothing in common, the same");
        self.batches(messages(false));
    }

    fn batches(&self, (keys, plains): (Vec<AuthKey>, Vec<Vec<u8>>)) {
        let mut work = plains.clone();
        let mut out = Vec::with_capacity(2 * MESSAGE);
        let ([narrow, wide], portable) = (paths(), slowest());
        let figures: [f64; 5] = least(self.rounds, |turn| {
            work.clone_from(&plains);
            let taken = timed(1, || match turn {
                0 => {
                    for (key, plain) in keys.iter().zip(&mut work) {
                        out.clear();
                        seal(key, Side::Server, plain, &mut out);
                        black_box(&out);
                    }
                }
                1 => in_batches(&keys, &mut work, |lanes| seal_batch_on(portable, Side::Server, lanes)),
                2 => in_batches(&keys, &mut work, |lanes| seal_batch_on(narrow, Side::Server, lanes)),
                3 => in_batches(&keys, &mut work, |lanes| seal_batch_on(wide, Side::Server, lanes)),
                _ => in_batches(&keys, &mut work, |lanes| seal_batch(Side::Server, lanes)),
            });
            taken / MESSAGES as f64
        });
        let called = |path: Path| format!("{} and {}", path.names().0, path.names().1);
        let rows = [
            ("one after another".to_owned(), ""),
            ("the crates, in a batch".to_owned(), ""),
            (format!("8 lanes, {}", called(narrow)), "(goal: 4)"),
            (format!("16 lanes, {}", called(wide)), "(goal with AVX-512: 5)"),
            ("the path that is chosen".to_owned(), ""),
        ];
        for ((name, goal), figure) in rows.iter().zip(figures) {
            println!("  {name:<44} {figure:>7.1}   {:.2} {goal}", figures[0] / figure);
        }
    }
}

/// The best without AVX-512 (encryption with AES-NI), and the best of all.
fn paths() -> [Path; 2] {
    [without_avx_512(), fastest()]
}

pub(crate) fn without_avx_512() -> Path {
    let narrow = Path::all().filter(|it| it.names().0 != "avx-512" && it.names().1 != "vaes").last();
    narrow.expect("the portable path is everywhere")
}

fn fastest() -> Path {
    Path::all().last().expect("the portable path is everywhere")
}

fn slowest() -> Path {
    Path::all().next().expect("the portable path is everywhere")
}

/// Messages under a key each; `same`: all have one body, and a head and a padding of their own.
fn messages(same: bool) -> (Vec<AuthKey>, Vec<Vec<u8>>) {
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    let pairs = (0..MESSAGES).map(|_| {
        let (mut key, mut plain) = ([0; 256], vec![0; MESSAGE]);
        rng.fill_bytes(&mut key);
        rng.fill_bytes(&mut plain);
        if same {
            plain[HEADER..HEADER + 300].fill(7);
        }
        (AuthKey::new(key), plain)
    });
    pairs.unzip()
}

fn in_batches(keys: &[AuthKey], plains: &mut [Vec<u8>], seal: impl Fn(&mut [Lane<'_>])) {
    for (keys, plains) in keys.as_chunks::<LANES>().0.iter().zip(plains.as_chunks_mut::<LANES>().0) {
        let mut plains = plains.iter_mut();
        let mut lanes = keys.each_ref().map(|key| {
            let plain = plains.next().expect("as many messages as keys");
            Lane { key, plain, message_key: [0; 16] }
        });
        seal(&mut lanes);
        black_box(&lanes);
    }
}

/// IGE as one writes it over the crate's blocks.
fn block_by_block(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    let aes = aes::Aes256::new(key.into());
    let halves = iv.as_chunks::<16>().0;
    let [mut cipher, mut plain] = [u128::from_ne_bytes(halves[0]), u128::from_ne_bytes(halves[1])];
    for block in data.as_chunks_mut::<16>().0 {
        let input = u128::from_ne_bytes(*block);
        let mut state = aes::Block::from((input ^ cipher).to_ne_bytes());
        aes.encrypt_block(&mut state);
        cipher = u128::from_ne_bytes(state.into()) ^ plain;
        plain = input;
        *block = cipher.to_ne_bytes();
    }
}

/// The least of each, measured in turns.
fn least<const N: usize>(rounds: usize, mut measure: impl FnMut(usize) -> f64) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..rounds.max(1) {
        for (turn, least) in least.iter_mut().enumerate() {
            *least = least.min(measure(turn));
        }
    }
    least
}

/// Nanoseconds that one of `times` takes.
fn timed(times: usize, mut what: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        what();
    }
    start.elapsed().as_secs_f64() * 1e9 / times as f64
}
