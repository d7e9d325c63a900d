//! Pages: how many a core gives out with warm caches, beside nginx with the same bytes in a file.

mod nginx;
mod readers;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use nginx::Nginx;
use readers::{Load, read};
use tl::{enums, functions, types};

use crate::{
    Failure,
    figures::{line, median},
    people::{self, Person},
    process::Server,
};

/// A page of a public channel over kept-alive connections, in turns from the server and from nginx (Debian:
/// apt install nginx-light), which has the same bytes as a static file: pages a second, CPU time a page, ratios.
///
/// In parentheses stands what each figure should reach; `bench/RESULTS.md` holds the last ones.
#[derive(Args)]
pub(crate) struct Pages {
    /// Rounds for each; odd, so that a median is one of them.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds a round.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections that ask again and again.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Where the server's data go while it runs. [default: the system's place for temporary files]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The server to measure, for comparing builds. [default: the one built beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The nginx to measure against.
    #[arg(long, default_value = "nginx")]
    nginx: PathBuf,
}

/// The channel's public name.
const NAME: &str = "bench_line";

/// Posts in it: more than a page shows.
const POSTS: usize = 40;

/// What a round came to.
#[derive(Default)]
struct Figures {
    /// Pages a second.
    speed: Vec<f64>,
    /// CPU time a page, microseconds.
    cpu: Vec<f64>,
}

impl Figures {
    fn add(&mut self, load: Load, cpu: Duration) {
        let pages = load.pages as f64;
        self.speed.push(pages / load.took.as_secs_f64());
        self.cpu.push(cpu.as_secs_f64() * 1e6 / pages);
    }
}

impl Pages {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let below = self.dir.clone().unwrap_or_else(std::env::temp_dir);
        let server = Server::start(self.server.as_deref(), &below)?;
        publish(&server).await?;
        let path = format!("/s/{NAME}");
        let page = read(server.address, &path).await?;
        let nginx = Nginx::start(&self.nginx, &server.dir, &page).await?;
        if read(nginx.address, "/").await? != page {
            return Err("nginx gives out other bytes".into());
        }
        line("a page", page.len() as f64, "B");
        let (mut ours, mut theirs) = (Figures::default(), Figures::default());
        server.calm().await;
        for _ in 0..self.rounds {
            let before = nginx.cpu();
            let load = self.load(nginx.address, "/", page.len()).await?;
            theirs.add(load, nginx.cpu() - before);
            let before = server.cpu();
            let load = self.load(server.address, &path, page.len()).await?;
            ours.add(load, server.cpu() - before);
        }
        let cores: Vec<_> = ours.cpu.iter().map(|it| 1e6 / it).collect();
        let ratio = |ours: &[f64], theirs: &[f64]| median(ours.iter().zip(theirs).map(|(o, t)| o / t).collect());
        println!("over {} connections, {} s a round", self.connections, self.seconds);
        line("  nginx, pages a second", median(theirs.speed.clone()), "");
        line("  chappe, pages a second", median(ours.speed.clone()), "");
        line("    chappe to nginx", ratio(&ours.speed, &theirs.speed), "");
        line("  nginx, CPU a page", median(theirs.cpu.clone()), "us");
        line("  chappe, CPU a page", median(ours.cpu.clone()), "us");
        line("    chappe to nginx", ratio(&ours.cpu, &theirs.cpu), "");
        line("  chappe, pages a second a core (2000)", median(cores), "");
        Ok(())
    }

    async fn load(&self, address: std::net::SocketAddr, path: &str, body: usize) -> Result<Load, Failure> {
        readers::load(address, path, body, self.connections, Duration::from_secs(self.seconds)).await
    }
}

/// A channel that everybody may read, with posts in it.
async fn publish(server: &Server) -> Result<(), Failure> {
    let mut owner = Person::join(server, 0).await?;
    let request = functions::channels::CreateChannel {
        broadcast: true,
        megagroup: false,
        for_import: false,
        forum: false,
        title: "Line of Lille".into(),
        about: "Towers, clocks and codes: https://example.org/line".into(),
        geo_point: None,
        address: None,
        ttl_period: None,
    };
    let chats = match owner.client.invoke(&request).await? {
        enums::Updates::Updates(it) => it.chats,
        _ => return Err("no channel was made".into()),
    };
    let found = chats.iter().find_map(|it| match it {
        enums::Chat::Channel(it) => Some((it.id, it.access_hash?)),
        _ => None,
    });
    let (channel_id, access_hash) = found.ok_or("no channel was made")?;
    let channel = types::InputChannel { channel_id, access_hash }.into();
    owner.client.invoke(&functions::channels::UpdateUsername { channel, username: NAME.into() }).await?;
    let peer = types::InputPeerChannel { channel_id, access_hash }.into();
    for _ in 0..POSTS {
        owner.client.invoke(&people::text(&peer)).await?;
    }
    Ok(())
}
