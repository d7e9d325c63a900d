//! Key exchanges, against the cost of their arithmetic alone.

use std::time::Instant;

use testkit::{Client, Options};

use super::{Talk, bare};
use crate::{
    Failure,
    figures::{line, median},
    process::Server,
};

/// Clients that make keys at the same time.
const AT_ONCE: usize = 8;

impl Talk {
    pub(super) async fn handshakes(&self, server: &Server) -> Result<(), Failure> {
        let each = self.handshakes.div_ceil(AT_ONCE);
        let (mut ratios, mut server_ms, mut bare_ms, mut rates) = (vec![], vec![], vec![], vec![]);
        for _ in 0..self.rounds {
            let bare = bare::handshake().as_secs_f64();
            let (start, cpu) = (Instant::now(), server.cpu());
            let workers: Vec<_> =
                (0..AT_ONCE).map(|_| tokio::spawn(connect(server.address, each, options(server)))).collect();
            for worker in workers {
                worker.await??;
            }
            let count = (each * AT_ONCE) as f64;
            let spent = (server.cpu() - cpu).as_secs_f64() / count;
            ratios.push(bare / spent);
            server_ms.push(spent * 1e3);
            bare_ms.push(bare * 1e3);
            rates.push(count / start.elapsed().as_secs_f64());
        }
        line("handshakes, client on the same cores", median(rates), "/s");
        line("  server CPU each", median(server_ms), "ms");
        line("  two modexps and one RSA operation", median(bare_ms), "ms");
        line("  ratio (0.8)", median(ratios), "");
        Ok(())
    }
}

pub(super) fn options(server: &Server) -> Options {
    Options::new(server.key.clone())
}

async fn connect(address: std::net::SocketAddr, count: usize, options: Options) -> Result<(), testkit::Error> {
    for _ in 0..count {
        Client::connect(address, options.clone()).await?;
    }
    Ok(())
}
