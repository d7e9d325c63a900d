//! Everything with a socket: listener, session registry, output queues, fan-out.

pub mod service;
