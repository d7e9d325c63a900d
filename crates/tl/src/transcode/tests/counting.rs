//! Updates that count: whatever a layer does not know of them, it is told where the log stands.

use super::*;

/// The numbers that clients order updates by, as they stand in a value's text.
fn counters(text: &str) -> Vec<&str> {
    let of = |word: &&str| ["pts=", "pts_count=", "qts="].iter().any(|it| word.starts_with(it));
    text.split([' ', '{', '}']).filter(of).collect()
}

/// Every update that counts, with random content, in each thing that brings updates.
fn counting() -> Vec<Vec<u8>> {
    let view = View::of(Layer::NEWEST);
    let schema = view.schema;
    let update = schema.boxed_named("Update").unwrap();
    let counts = |i: &u16| {
        let has = |name: &str| schema.fields(schema.decl(*i)).iter().any(|f| schema.name(f.name) == name);
        schema.decl(*i).result == Ty { kind: Kind::Boxed, arg: update } && (has("pts_count") || has("qts"))
    };
    let mut generator = Generator::new(view, 23);
    let all: Vec<u16> = view.all().filter(counts).collect();
    assert!(all.len() > 30, "{}", all.len());
    all.iter().flat_map(|i| (0..EACH).filter_map(|_| generator.make(*i)).collect::<Vec<_>>()).collect()
}

#[test]
fn no_layer_loses_an_update_that_counts() {
    let view = View::of(Layer::NEWEST);
    let id = |name: &str| view.schema.decl(view.named(name, false).unwrap()).id.to_le_bytes();
    let vector = |n: u32| [crate::walk::VECTOR.to_le_bytes(), n.to_le_bytes()].concat();
    for update in counting() {
        let said = text(Layer::NEWEST, &update);
        let wanted = counters(&said);
        let short = [&id("updateShort")[..], &update, &[9, 0, 0, 0]].concat();
        let many = [&id("updates")[..], &vector(1), &update, &vector(0), &vector(0), &[0; 8]].concat();
        let log = [&id("updates.channelDifference")[..], &[1, 0, 0, 0, 7, 0, 0, 0], &vector(0), &vector(1), &update]
            .into_iter()
            .chain([&vector(0)[..], &vector(0)])
            .collect::<Vec<_>>()
            .concat();
        for layer in older() {
            for object in [&short, &many, &log] {
                let mut out = Vec::new();
                downgrade_unchecked(layer, object, &mut out).unwrap_or_else(|e| panic!("{e}: {said}"));
                let told = text(layer, &out);
                let own = counters(&told);
                let own = if object == &log { &own[1..] } else { &own[..] };
                assert_eq!(own, wanted, "{} from {said} to {told}", layer.get());
            }
        }
    }
}

#[test]
fn no_layer_is_without_any_form_of_what_a_session_is_sent() {
    let schema = schema();
    for layer in older() {
        let table = table(layer, false);
        for name in ["Updates", "updates.Difference", "Message", "User", "messages.Messages", "messages.Dialogs"] {
            let arg = schema.boxed_named(name).unwrap();
            assert!(!table.may_fail(Ty { kind: Kind::Boxed, arg }), "{name} at {}", layer.get());
        }
    }
}
