//! Messages as TL.
