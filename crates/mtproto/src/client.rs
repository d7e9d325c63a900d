//! Client-role session.
