//! `chappe`: a whole messaging service in one program. This file parses the command line and starts
//! what it names.

#![allow(unreachable_pub, reason = "a binary has no outside")]

mod admin;
mod audience;
mod backup;
mod cli;
mod config;
mod driver;
mod files;
mod frames;
mod jobs;
mod keys;
mod logging;
mod memory;
mod metrics;
mod passers;
mod ports;
mod previews;
mod senders;
mod service;
mod vitals;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(cli::run(command)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chappe: {error}");
            ExitCode::FAILURE
        }
    }
}
