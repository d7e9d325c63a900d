//! The operator's way in: a socket in the data directory for commands, HTTP for metrics.

pub mod command;
mod http;
mod names;
pub mod progress;
pub mod seed;
pub mod socket;
mod stickers;

use std::path::Path;

use tokio::task::JoinHandle;

use crate::{cli::Failure, config::Config, wiring::Server};

/// Both ways in, running.
pub struct Running {
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Closes them.
    pub fn stop(self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Opens both.
pub async fn start(config: &Config, data: &Path, server: &Server) -> Result<Running, Failure> {
    let socket = socket::serve(data, &server.hall)?;
    let http = http::serve(config.admin_listen, server).await?;
    Ok(Running { tasks: [Some(socket), http].into_iter().flatten().collect() })
}
