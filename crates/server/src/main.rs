//! The binary chappe.
fn main() {}
