//! Fills of colours: those that come with the server, and those of people's own. A server comes with no pictures.

use super::{Look, Wallpaper};
use crate::view::View;

/// What the numbers of the server's fills are counted from: clients have numbers of their own up to 10^9.
/// Source: observed with TDLib 1.8.66, which complains of lower ones.
pub(super) const FIRST: u64 = 1 << 40;

/// The fills that every list begins with: number, colours, degrees. Numbers are never used again.
const BUILT_IN: &[(u64, &[u32], u32)] = &[
    (1, &[0xe6_ebee], 0),
    (2, &[0xdd_e6da, 0xf2_f0d8], 45),
    (3, &[0xcf_dfea, 0xa9_c3d9], 180),
    (4, &[0xf6_dcc9, 0xe8_b9a4], 135),
    (5, &[0xdb_ddbb, 0x6b_a587, 0xd5_d88d, 0x88_b884], 0),
    (6, &[0xe3_d5f0, 0xc3_b7e2, 0xf0_dde6, 0xb9_c6ea], 0),
    (7, &[0x1b_2836], 0),
    (8, &[0x10_1820, 0x2b_3a4a], 180),
    (9, &[0x25_1d2e, 0x3c_2a44], 45),
    (10, &[0x1c_2b28, 0x12_1e2b, 0x26_3a33, 0x18_2433], 0),
];

/// The bit that numbers of people's own fills have: none of a file does, whose first bit is cut off.
const OWN: u64 = 1 << 63;

/// Those that come with the server, in their order.
pub(super) fn all() -> impl Iterator<Item = Wallpaper> {
    BUILT_IN.iter().map(|it| fill(FIRST + it.0, Look { colors: it.1.to_vec(), rotation: it.2, ..Look::default() }))
}

/// One of them.
pub(super) fn built_in(id: u64) -> Option<Wallpaper> {
    all().find(|it| it.id == id)
}

/// Whether a number is one of theirs.
pub(super) fn is_built_in(id: u64) -> bool {
    BUILT_IN.iter().any(|it| FIRST + it.0 == id)
}

/// The fill of that look; the same colours are the same fill for everybody.
pub(super) fn of(view: &(impl View + ?Sized), look: &Look) -> Wallpaper {
    let same = |it: &Wallpaper| it.look.colors == look.colors && it.look.rotation == look.rotation;
    let id = match all().find(same) {
        Some(it) => it.id,
        None => view.world().fill_id(&look.colors, look.rotation) | OWN,
    };
    fill(id, look.clone())
}

fn fill(id: u64, look: Look) -> Wallpaper {
    Wallpaper { id, dark: look.is_dark(), look, ..Wallpaper::default() }
}
