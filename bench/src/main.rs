//! Load generator and benches. Every command starts a server of its own, measures, and prints ratios to
//! what the same machine can do at best in the same run. Never part of CI.

#![allow(clippy::disallowed_methods, reason = "a load generator owns its clock and its tasks")]

mod cli;
mod crypto;
mod fanout;
mod figures;
mod files;
mod groups;
mod layers;
mod pages;
mod people;
mod process;
mod talk;

use clap::Parser;

/// What a bench ends with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures a Chappe server: `cargo build --release -p server && cargo run --release -p bench -- talk`.
#[derive(Parser)]
enum Bench {
    /// Handshakes, messages, latency and memory of private chats.
    Talk(talk::Talk),
    /// Posts, lists of members and a deletion in a group of 10 and one of 200,000.
    Groups(groups::Groups),
    /// A post on its way to ten thousand sessions, against a bare loop of send() and against other servers.
    Fanout(fanout::Fanout),
    /// Files: their speed, their cost, memory, and what others notice of them.
    Files(files::Files),
    /// Listens for `fanout`, which starts it.
    #[command(hide = true)]
    Ears(fanout::ears::Ears),
    /// Public pages with warm caches, against nginx with the same bytes.
    Pages(pages::Pages),
    /// Encryption: one stream to a loop over the `aes` crate, and batches in lanes to one message after another.
    Crypto(crypto::Crypto),
    /// The walk over client bytes and the conversion to and from older API layers.
    Layers(layers::Layers),
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    match Bench::parse() {
        Bench::Talk(talk) => talk.run().await,
        Bench::Groups(groups) => groups.run().await,
        Bench::Fanout(fanout) => fanout.run().await,
        Bench::Files(files) => files.run().await,
        // It has a loop of its own.
        Bench::Ears(ears) => tokio::task::spawn_blocking(|| ears.run()).await?,
        Bench::Pages(pages) => pages.run().await,
        Bench::Crypto(crypto) => {
            crypto.run();
            Ok(())
        }
        Bench::Layers(layers) => layers.run(),
    }
}
