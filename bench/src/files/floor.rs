//! What the same bytes cost at least: a plain copy over TCP on the same machine, and their encryption alone.

use std::{
    hint::black_box,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use crypto::{
    AuthKey,
    message::{Lane, Sealed, Side, open_batch, seal, seal_batch},
};

use super::transfer::PART;
use crate::Failure;

/// How long encryption is looked at, and opening.
const ENCRYPTS: Duration = Duration::from_millis(200);

/// How long so many bytes take from one thread to another, in pieces of a part's size.
pub(super) async fn copy(size: u64) -> Result<Duration, Failure> {
    tokio::task::spawn_blocking(move || blocking(size)).await?
}

/// The same, on this thread and one that it starts.
pub(super) fn blocking(size: u64) -> Result<Duration, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut to = TcpStream::connect(listener.local_addr()?)?;
    let (mut from, _) = listener.accept()?;
    let start = Instant::now();
    let reader = std::thread::spawn(move || -> std::io::Result<u64> {
        let (mut piece, mut got) = (vec![0_u8; PART], 0);
        loop {
            match from.read(&mut piece)? {
                0 => return Ok(got),
                read => got += read as u64,
            }
        }
    });
    let piece = vec![7_u8; PART];
    for _ in 0..size / PART as u64 {
        to.write_all(&piece)?;
    }
    drop(to);
    let got = reader.join().map_err(|_| "the reader died")??;
    if got != size { Err("bytes were lost".into()) } else { Ok(start.elapsed()) }
}

/// Bytes a second that one core opens of what came over the wire, so many parts of different clients at a time.
pub(super) fn opened(together: usize) -> f64 {
    let keys: Vec<_> = (1..=together).map(|at| AuthKey::new([at as u8; 256])).collect();
    let sealed = |key: &AuthKey| {
        let mut packet = Vec::new();
        seal(key, Side::Client, &mut vec![7; PART], &mut packet);
        packet
    };
    let packets: Vec<_> = keys.iter().map(sealed).collect();
    let (mut took, mut bytes) = (Duration::ZERO, 0);
    while took < ENCRYPTS {
        let mut work = packets.clone();
        let start = Instant::now();
        let mut lanes: Vec<_> = keys.iter().zip(&mut work).map(|(key, packet)| Sealed::new(key, packet)).collect();
        open_batch(Side::Client, &mut lanes);
        black_box(&lanes);
        took += start.elapsed();
        bytes += together * PART;
    }
    bytes as f64 / took.as_secs_f64()
}

/// Bytes a second that one core encrypts for the wire, so many parts of different clients at a time.
pub(super) fn encrypted(together: usize) -> f64 {
    let keys: Vec<_> = (1..=together).map(|at| AuthKey::new([at as u8; 256])).collect();
    let mut parts = vec![vec![7; PART]; together];
    let (start, mut bytes) = (Instant::now(), 0);
    while start.elapsed() < ENCRYPTS {
        let pairs = keys.iter().zip(&mut parts);
        let mut lanes: Vec<_> = pairs.map(|(key, plain)| Lane { key, plain, message_key: [0; 16] }).collect();
        seal_batch(Side::Server, &mut lanes);
        black_box(&lanes);
        bytes += together * PART;
    }
    bytes as f64 / start.elapsed().as_secs_f64()
}
