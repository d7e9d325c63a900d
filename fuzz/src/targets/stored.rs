//! Rows as a disk might give them back: refused or read, and what was read is written back the same.

use domain::{
    deliveries::Parcel,
    kept::wallpapers::{Look, Wallpaper},
    messages::{Body, DialogRow, Entity, EntityKind, MailboxRow},
    record::Record,
    updates::Change,
};

/// One input: as a row of several kinds.
pub fn run(data: &[u8]) {
    comes_back::<MailboxRow>(data);
    comes_back::<Body>(data);
    comes_back::<DialogRow>(data);
    comes_back::<Parcel>(data);
    comes_back::<Change>(data);
    comes_back::<Wallpaper>(data);
}

fn comes_back<R: Record>(data: &[u8]) {
    if let Ok(row) = R::decode(data) {
        let written = row.encode();
        let again = R::decode(&written).expect("what we write we read");
        assert_eq!(again.encode(), written);
    }
}

/// Rows that were written.
pub fn seeds() -> Vec<Vec<u8>> {
    let bold = Entity { offset: 1, length: 2, kind: EntityKind::Bold {}, ..Entity::default() };
    let body = Body { text: "hello".into(), entities: vec![bold; 3], ..Body::default() };
    let mut newer = body.encode().to_vec();
    domain::record::put_field(&mut newer, 1000, b"of a newer build");
    vec![
        body.encode().to_vec(),
        newer,
        MailboxRow::default().encode().to_vec(),
        DialogRow::default().encode().to_vec(),
        Parcel::default().encode().to_vec(),
        Wallpaper { id: 7, look: Look { intensity: Some(-5), ..Look::default() }, ..Wallpaper::default() }
            .encode()
            .to_vec(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_rows_are_refused_or_come_back_the_same() {
        mutations(&seeds(), 111, 20_000, run);
    }
}
