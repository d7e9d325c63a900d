//! Private chats: what a handshake, a message and an idle connection cost.

mod bare;
mod people;

use std::time::{Duration, Instant};

use clap::Args;
use testkit::{Client, Options};
use tl::{enums, functions, types};

use crate::{Failure, process::Server};
use people::Person;

/// Handshakes, messages, latency and memory of private chats.
#[derive(Args)]
pub(crate) struct Talk {
    /// Key exchanges to make.
    #[arg(long, default_value_t = 400)]
    handshakes: usize,
    /// Seconds of sending.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Pairs of people who talk.
    #[arg(long, default_value_t = 16)]
    senders: usize,
    /// Messages that each sender has under way.
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// Idle connections to hold.
    #[arg(long, default_value_t = 5000)]
    idle: usize,
}

impl Talk {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let server = Server::start()?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        println!("idle server                {:>10.1} MB", server.memory() as f64 / 1e6);
        self.handshakes(&server).await?;
        self.latency(&server).await?;
        self.messages(&server).await?;
        self.idle(&server).await
    }

    /// Key exchanges, against the cost of their arithmetic alone.
    async fn handshakes(&self, server: &Server) -> Result<(), Failure> {
        let bare = bare::handshake();
        let (start, cpu) = (Instant::now(), server.cpu());
        let workers = (0..8).map(|_| {
            let (address, options, count) = (server.address, Options::new(server.key.clone()), self.handshakes / 8);
            tokio::spawn(async move {
                for _ in 0..count {
                    Client::connect(address, options.clone()).await?;
                }
                Ok::<_, testkit::Error>(())
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await??;
        }
        let count = (self.handshakes / 8 * 8) as f64;
        let spent = (server.cpu() - cpu).as_secs_f64() / count;
        println!(
            "handshakes                 {:>10.0} /s, client on the same cores",
            count / start.elapsed().as_secs_f64()
        );
        println!("  server CPU each          {:>10.2} ms", spent * 1e3);
        println!("  two modexps and one RSA  {:>10.2} ms", bare.as_secs_f64() * 1e3);
        println!("  ratio (reach 0.8)        {:>10.2}", bare.as_secs_f64() / spent);
        Ok(())
    }

    /// One message at a time, from the send to the other side's update.
    async fn latency(&self, server: &Server) -> Result<(), Failure> {
        const MESSAGES: usize = 500;
        let (mut alice, mut bob) = people::pair(server, 900).await?;
        let sync = bare::fdatasync(&server.dir)?;
        let mut took = Vec::with_capacity(MESSAGES);
        for _ in 0..MESSAGES {
            let start = Instant::now();
            let request = alice.client.send(&alice.message(&bob));
            alice.client.flush().await?;
            bob.client.update().await?;
            took.push(start.elapsed());
            alice.client.wait(request).await?;
        }
        took.sort_unstable();
        let ms = |it: Duration| it.as_secs_f64() * 1e3;
        println!("send to receive, p50       {:>10.2} ms", ms(took[MESSAGES / 2]));
        println!("  p99                      {:>10.2} ms", ms(took[MESSAGES * 99 / 100]));
        println!("  one fdatasync here, p50  {:>10.2} ms", ms(sync));
        println!("  above it (reach 0.3)     {:>10.2} ms", ms(took[MESSAGES / 2]) - ms(sync));
        Ok(())
    }

    /// Many senders with many messages under way; receivers are there and read what comes.
    async fn messages(&self, server: &Server) -> Result<(), Failure> {
        let mut pairs = Vec::with_capacity(self.senders);
        for at in 0..self.senders {
            pairs.push(people::pair(server, at).await?);
        }
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let (start, cpu, written) = (Instant::now(), server.cpu(), server.written());
        let workers = pairs.into_iter().map(|(alice, bob)| tokio::spawn(talk(alice, bob, end, self.in_flight)));
        let mut sent = 0;
        for worker in workers.collect::<Vec<_>>() {
            sent += worker.await??;
        }
        let took = start.elapsed();
        // What compaction still has to do belongs to these messages.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (cpu, written) = (server.cpu() - cpu, server.written() - written);
        println!("messages stored, delivered {:>10.0} /s, client on the same cores", sent as f64 / took.as_secs_f64());
        println!("  server CPU each (120)    {:>10.0} us", cpu.as_secs_f64() * 1e6 / sent as f64);
        println!("  written each             {:>10.0} B", written as f64 / sent as f64);
        Ok(())
    }

    /// Connections that are signed in and silent.
    async fn idle(&self, server: &Server) -> Result<(), Failure> {
        let person = Person::join(server, 990).await?;
        let before = server.memory();
        let mut held = Vec::with_capacity(self.idle);
        for _ in 0..self.idle {
            let options = Options::new(server.key.clone());
            let mut client = Client::resume(server.address, person.client.keys().clone(), options).await?;
            client.invoke(&functions::updates::GetState {}).await?;
            held.push(client);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let each = server.memory().saturating_sub(before) as f64 / held.len() as f64;
        println!("idle signed-in connections {:>10}", held.len());
        println!("  server memory each (6)   {:>10.1} KB", each / 1e3);
        println!("  server in all            {:>10.1} MB", server.memory() as f64 / 1e6);
        Ok(())
    }
}

/// Sends until the end, then reads what is under way.
async fn talk(mut alice: Person, mut bob: Person, end: Instant, in_flight: usize) -> Result<u64, testkit::Error> {
    let reader = tokio::spawn(async move {
        let mut seen = 0_u64;
        while let Ok(enums::Updates::Updates(it)) = bob.client.update().await {
            seen += it.updates.iter().filter(|it| matches!(it, enums::Update::NewMessage(_))).count() as u64;
        }
        seen
    });
    let peer: enums::InputPeer = types::InputPeerUser { user_id: alice.other.0, access_hash: alice.other.1 }.into();
    let mut waiting = std::collections::VecDeque::with_capacity(in_flight);
    let mut sent = 0;
    while Instant::now() < end || !waiting.is_empty() {
        while Instant::now() < end && waiting.len() < in_flight {
            waiting.push_back(alice.client.send(&people::text(&peer)));
        }
        alice.client.flush().await?;
        if let Some(request) = waiting.pop_front() {
            alice.client.wait(request).await?;
            sent += 1;
        }
    }
    reader.abort();
    Ok(sent)
}
