//! Names of constructors and methods, for tables, tests and logs.

use crate::layer::NEWEST;
use crate::schema::{Decl, schema};

fn newest(id: u32, function: bool) -> Option<&'static Decl> {
    let all = schema();
    all.find(id).map(|i| all.decl(i)).filter(|d| d.to == NEWEST && d.function == function)
}

/// Name of a method of the newest layer, e.g. `messages.sendMessage`.
pub fn method_name(id: u32) -> Option<&'static str> {
    newest(id, true).map(|d| schema().name(d.name))
}

/// Name of a constructor of the newest layer, e.g. `updateNewMessage`.
pub fn constructor_name(id: u32) -> Option<&'static str> {
    newest(id, false).map(|d| schema().name(d.name))
}

/// Every API method of the newest layer as (id, name), wrappers included, sorted by name.
pub fn all_methods() -> impl Iterator<Item = (u32, &'static str)> {
    schema().methods()
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::{Identifiable, functions, types};

    #[test]
    fn names_are_those_of_the_typed_structs() {
        let id = functions::messages::SendMessage::CONSTRUCTOR_ID;
        assert_eq!(method_name(id), Some("messages.sendMessage"));
        assert_eq!(constructor_name(id), None);
        let id = types::UpdateNewMessage::CONSTRUCTOR_ID;
        assert_eq!(constructor_name(id), Some("updateNewMessage"));
        assert_eq!(method_name(id), None);
        assert_eq!(method_name(0), None);
    }

    #[test]
    fn all_methods_are_sorted_by_name_and_of_the_newest_layer() {
        let all: Vec<_> = all_methods().collect();
        assert!(all.len() > 840, "{}", all.len());
        assert!(all.is_sorted_by_key(|m| m.1));
        assert!(all.iter().all(|(id, name)| method_name(*id) == Some(*name)));
        assert!(all.iter().any(|m| m.1 == "invokeWithLayer"));
        assert!(all.iter().all(|m| m.1 != "req_pq_multi"));
    }
}
