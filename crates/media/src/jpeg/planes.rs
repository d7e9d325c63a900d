//! A picture as three planes of quantised blocks: brightness, and two of colour at half the resolution.

use super::cosine::Cosine;
use super::tables::ZIGZAG;
use crate::picture::Picture;

/// Largest coefficient that a baseline code can carry beside the first one.
const COEFFICIENT_MAX: f32 = 1023.0;

/// Coefficients of a block in zigzag order.
pub(super) type Block = [i16; 64];

/// One component.
pub(super) struct Plane {
    /// Blocks across, filled up to whole units of the three planes.
    pub(super) stride: usize,
    /// Blocks across and down that hold some of the picture.
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) blocks: Vec<Block>,
}

pub(super) struct Planes {
    /// Units of 16 × 16 pixels across and down.
    pub(super) units: (usize, usize),
    pub(super) planes: [Plane; 3],
}

/// Samples of one component.
struct Samples {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

impl Planes {
    pub(super) fn new(picture: &Picture, steps: &[[u8; 64]; 2]) -> Planes {
        let samples = separated(picture);
        let units = (samples[0].width.div_ceil(16), samples[0].height.div_ceil(16));
        let cosine = Cosine::new();
        let mut number = 0;
        let planes = samples.map(|it| {
            let (blocks, steps) = if number == 0 { (2, &steps[0]) } else { (1, &steps[1]) };
            number += 1;
            plane(&it, (units.0 * blocks, units.1 * blocks), steps, &cosine)
        });
        Planes { units, planes }
    }
}

/// Brightness for each pixel, colour as the mean of four. Source: JFIF 1.02, "Conversion to and from RGB".
fn separated(picture: &Picture) -> [Samples; 3] {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let pixels = picture.pixels.as_chunks::<3>().0;
    let brightness = pixels.iter().map(|it| {
        let [r, g, b] = it.map(f32::from);
        rounded(0.299 * r + 0.587 * g + 0.114 * b)
    });
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let (mut blue, mut red) = (Vec::new(), Vec::new());
    for y in 0..half_height {
        let rows = [2 * y, (2 * y + 1).min(height - 1)].map(|it| &pixels[it * width..(it + 1) * width]);
        for x in 0..half_width {
            let mut sum = [0_u16; 3];
            for pixel in rows.iter().flat_map(|row| [row[2 * x], row[(2 * x + 1).min(width - 1)]]) {
                (0..3).for_each(|it| sum[it] += u16::from(pixel[it]));
            }
            let [r, g, b] = sum.map(|it| f32::from(it) / 4.0);
            blue.push(rounded(128.0 - 0.168_736 * r - 0.331_264 * g + 0.5 * b));
            red.push(rounded(128.0 + 0.5 * r - 0.418_688 * g - 0.081_312 * b));
        }
    }
    let half = |values| Samples { width: half_width, height: half_height, values };
    [Samples { width, height, values: brightness.collect() }, half(blue), half(red)]
}

fn rounded(value: f32) -> u8 {
    (value + 0.5) as u8
}

fn plane(samples: &Samples, (stride, rows): (usize, usize), steps: &[u8; 64], cosine: &Cosine) -> Plane {
    let mut blocks = Vec::with_capacity(stride * rows);
    for row in 0..rows {
        for column in 0..stride {
            blocks.push(block(samples, column * 8, row * 8, steps, cosine));
        }
    }
    Plane { stride, across: samples.width.div_ceil(8), down: samples.height.div_ceil(8), blocks }
}

/// Beyond its edges the picture goes on as its last pixels.
fn block(samples: &Samples, left: usize, top: usize, steps: &[u8; 64], cosine: &Cosine) -> Block {
    let mut values = [0.0; 64];
    for y in 0..8 {
        let row = (top + y).min(samples.height - 1) * samples.width;
        for x in 0..8 {
            let column = (left + x).min(samples.width - 1);
            values[y * 8 + x] = f32::from(samples.values[row + column]) - 128.0;
        }
    }
    let frequencies = cosine.transform(&values);
    let mut quantised = [0; 64];
    for ((place, at), step) in quantised.iter_mut().zip(ZIGZAG).zip(steps) {
        let value = frequencies[usize::from(at)] / f32::from(*step);
        *place = value.round().clamp(-COEFFICIENT_MAX, COEFFICIENT_MAX) as i16;
    }
    quantised
}
