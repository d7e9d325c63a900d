//! The cosine transform of eight by eight samples.

use std::f32::consts::PI;

/// Rows of the transform: `ROWS[u][x]` weighs sample `x` in frequency `u`.
pub(super) struct Cosine([[f32; 8]; 8]);

impl Cosine {
    pub(super) fn new() -> Cosine {
        let mut rows = [[0.0; 8]; 8];
        for (u, row) in rows.iter_mut().enumerate() {
            let scale = if u == 0 { 8.0_f32.sqrt().recip() } else { 0.5 };
            for (x, weight) in row.iter_mut().enumerate() {
                *weight = scale * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos();
            }
        }
        Cosine(rows)
    }

    /// Frequencies of the samples, in natural order: across within a row, rows down.
    pub(super) fn transform(&self, samples: &[f32; 64]) -> [f32; 64] {
        let mut across = [0.0; 64];
        for y in 0..8 {
            for u in 0..8 {
                across[y * 8 + u] = (0..8).map(|x| self.0[u][x] * samples[y * 8 + x]).sum();
            }
        }
        let mut both = [0.0; 64];
        for v in 0..8 {
            for y in 0..8 {
                let weight = self.0[v][y];
                for u in 0..8 {
                    both[v * 8 + u] += weight * across[y * 8 + u];
                }
            }
        }
        both
    }
}
