//! Load generator and benches.
fn main() {}
