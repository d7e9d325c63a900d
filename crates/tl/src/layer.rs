//! Which layers are served, and which of them answers an announced one.

/// The oldest layer served: that of Telegram Desktop 4.6 and of libraries of early 2023.
pub const OLDEST_SERVED: u16 = 152;

/// The newest layer: the one of the typed structs.
pub const NEWEST: u16 = 230;

/// The newest layer that a client was seen to speak. What is known of it is `layers/ahead.tsv`.
pub const AHEAD: u16 = 232;

/// Layers that have a table.
pub(crate) const KNOWN: usize = (AHEAD - OLDEST_SERVED) as usize + 1;

// A newer grammers-tl-types must be a decision, not an accident of `cargo update`.
const _: () = assert!(grammers_tl_types::LAYER == NEWEST as i32);

/// A layer this server can serve. Only [`Layer::serving`] and [`Layer::NEWEST`] make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u16);

/// The client's layer is older than any this server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("layer {announced} is older than {oldest}, the oldest served")]
pub struct LayerTooOld {
    /// What the client announced in `invokeWithLayer`.
    pub announced: i32,
    /// The oldest layer served.
    pub oldest: u16,
}

impl Layer {
    /// The newest layer, that of the typed structs.
    pub const NEWEST: Layer = Layer(NEWEST);
    /// The oldest layer served.
    pub const OLDEST: Layer = Layer(OLDEST_SERVED);

    /// The layer to serve a client that announced `announced`: itself if known, the newest that
    /// anything is known of if it is newer still. Each layer from [`Layer::OLDEST`] to
    /// [`Layer::NEWEST`] is known whole; of those ahead of it only what differs.
    pub fn serving(announced: i32) -> Result<Layer, LayerTooOld> {
        let oldest = OLDEST_SERVED;
        match u16::try_from(announced) {
            Ok(n) if n < OLDEST_SERVED => Err(LayerTooOld { announced, oldest }),
            Ok(n) => Ok(Layer(n.min(AHEAD))),
            Err(_) if announced > 0 => Ok(Layer(AHEAD)),
            Err(_) => Err(LayerTooOld { announced, oldest }),
        }
    }

    /// The layer's number.
    pub fn get(self) -> u16 {
        self.0
    }

    /// Whether the typed structs are of this layer, so that no conversion is needed.
    pub fn is_newest(self) -> bool {
        self.0 == NEWEST
    }

    /// Place in a table with a row for each of [`KNOWN`] layers.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0 - OLDEST_SERVED)
    }

    /// Every served layer, oldest first.
    pub fn all() -> impl Iterator<Item = Layer> {
        (OLDEST_SERVED..=AHEAD).map(Layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_served_as_itself_or_as_the_newest_known_and_old_ones_are_refused() {
        assert_eq!(Layer::serving(152), Ok(Layer::OLDEST));
        assert_eq!(Layer::serving(158).map(Layer::get), Ok(158));
        assert_eq!(Layer::serving(229).map(Layer::get), Ok(229));
        assert_eq!(Layer::serving(230), Ok(Layer::NEWEST));
        assert_eq!(Layer::serving(232).map(Layer::get), Ok(232));
        assert_eq!(Layer::serving(233).map(Layer::get), Ok(232));
        assert_eq!(Layer::serving(i32::MAX).map(Layer::get), Ok(232));
        for announced in [151, 133, 0, -1, i32::MIN] {
            assert_eq!(Layer::serving(announced), Err(LayerTooOld { announced, oldest: 152 }));
        }
    }
}
