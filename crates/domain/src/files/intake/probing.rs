//! Probing of a stored file, which is read a range at a time: the prober asks for what it wants, and begins anew once
//! it has been read, over what is at hand by then.

use std::collections::BTreeMap;

use media::{Probe, Source, Unreadable};

use crate::{
    files::{Stored, reading},
    refusal::Refusal,
    service::Domain,
};

/// Ranges that are at hand, and the one that was missing.
struct AtHand<'a> {
    size: u64,
    ranges: &'a BTreeMap<u64, Vec<u8>>,
    missing: Option<(u64, usize)>,
}

impl Source for AtHand<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, Unreadable> {
        let known = self.ranges.range(..=offset).next_back().and_then(|(from, bytes)| {
            let start = usize::try_from(offset - from).ok()?;
            bytes.get(start..start.checked_add(len)?)
        });
        if known.is_none() {
            self.missing = Some((offset, len));
        }
        known.map(<[u8]>::to_vec).ok_or(Unreadable)
    }
}

/// What a file is.
pub(super) async fn probe(domain: &Domain, stored: &Stored) -> Result<Probe, Refusal> {
    let mut ranges = BTreeMap::new();
    // Each time around reads a range that was not there, so this ends with the prober's own limit of reads.
    loop {
        let mut source = AtHand { size: stored.size, ranges: &ranges, missing: None };
        match (media::probe(&mut source), source.missing) {
            (Ok(probe), _) => return Ok(probe),
            (Err(Unreadable), Some((from, len))) if ranges.len() < media::READS_MAX as usize => {
                let bytes = reading::read(domain, stored, from, len as u64).await?;
                if bytes.len() < len {
                    return Err(Refusal::Unavailable);
                }
                ranges.insert(from, bytes);
            }
            (Err(Unreadable), _) => return Err(Refusal::Unavailable),
        }
    }
}
