//! Methods that are refused, each with its reason, on one list.

use crate::RpcError;

/// Name and reason of each, a line each; `#` begins a comment.
const LIST: &str = include_str!("refused.tsv");

/// The listed methods, as (name, reason).
pub fn listed() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

/// What a method without a handler answers. Never a 500: clients repeat those for ever. And not
/// `INPUT_METHOD_INVALID`, which says that there is no such method: clients log that as a bug.
/// Source: observed with TDLib 1.8.66.
pub fn refusal(method: u32) -> RpcError {
    tracing::debug!(method = tl::method_name(method).unwrap_or("?"), "no handler");
    RpcError::bad("METHOD_INVALID")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dispatch::tables;

    /// What wraps a request is taken off before the tables are looked at.
    const WRAPPERS: usize = 11;

    #[test]
    fn every_method_has_a_handler_or_a_reason() {
        let handled: BTreeSet<_> = tables().flatten().map(|row| row.id).collect();
        let listed: BTreeSet<_> = listed().map(|(name, _)| name).collect();
        let missing = tl::all_methods().filter(|(id, name)| !handled.contains(id) && !listed.contains(name));
        let missing: Vec<_> = missing
            .map(|(_, name)| name)
            .filter(|name| !name.starts_with("invoke") && *name != "initConnection")
            .collect();
        assert!(missing.is_empty(), "{} without handler or reason: {missing:?}", missing.len());
        assert!(tl::all_methods().count() > 800 + WRAPPERS);
    }

    #[test]
    fn no_method_is_both_handled_and_refused() {
        let handled: BTreeSet<_> = tables().flatten().filter_map(|row| tl::method_name(row.id)).collect();
        let both: Vec<_> = listed().map(|(name, _)| name).filter(|name| handled.contains(name)).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
