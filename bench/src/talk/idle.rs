//! Connections that are signed in and silent.

use testkit::Client;
use tl::functions;

use super::{Talk, handshakes::options};
use crate::{Failure, figures::line, people::Person, process::Server};

impl Talk {
    pub(super) async fn idle(&self, server: &Server) -> Result<(), Failure> {
        let person = Person::join(server, 990).await?;
        let before = server.memory();
        let mut held = Vec::with_capacity(self.idle);
        for _ in 0..self.idle {
            let mut client = Client::resume(server.address, person.client.keys().clone(), options(server)).await?;
            client.invoke(&functions::updates::GetState {}).await?;
            held.push(client);
        }
        server.calm().await;
        let after = server.memory();
        let each = after.saturating_sub(before) as f64 / held.len().max(1) as f64;
        println!("{} idle signed-in connections", held.len());
        line("  server memory each (6)", each / 1e3, "kB");
        line("  server in all", after as f64 / 1e6, "MB");
        Ok(())
    }
}
