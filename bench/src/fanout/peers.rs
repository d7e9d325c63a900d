//! Servers that only pass things on, from Debian: nats-server and mosquitto. Nothing they pass is encrypted or kept.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::ears::pieces::{Tongue, mqtt_connect, mqtt_publish};
use crate::{Failure, process::exact_cpu};

/// How often it is looked whether it listens, a hundredth of a second each.
const LOOKS: usize = 500;

/// A running peer with somebody who publishes; it ends with this.
pub(super) struct Peer {
    process: Stopped,
    pub(super) tongue: Tongue,
    pub(super) address: SocketAddr,
    publisher: TcpStream,
    payload: Vec<u8>,
}

impl Peer {
    /// Starts it where it is installed. What is published has so many bytes.
    pub(super) async fn start(tongue: Tongue, binary: &Path, dir: &Path, payload: usize) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(binary);
        if tongue == Tongue::Nats {
            command.args(["-a", "127.0.0.1", "-p", &address.port().to_string()]);
        } else {
            let config = dir.join("mosquitto.conf");
            // As whoever runs it: it would look for an account of its own.
            let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
            let said = "allow_anonymous true\npersistence false\nlog_type none\nset_tcp_nodelay true\n";
            std::fs::write(&config, format!("listener {} 127.0.0.1\nuser {user}\n{said}", address.port()))?;
            command.arg("-c").arg(&config);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let process = Stopped(child);
        for _ in 0..LOOKS {
            if let Ok(mut publisher) = TcpStream::connect(address).await {
                publisher.set_nodelay(true)?;
                let greeting = match tongue {
                    Tongue::Nats => b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\n".to_vec(),
                    _ => mqtt_connect("author"),
                };
                publisher.write_all(&greeting).await?;
                return Ok(Self { process, tongue, address, publisher, payload: vec![b'x'; payload] });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(format!("{} did not start", binary.display()).into())
    }

    /// Publishes so often at once.
    pub(super) async fn post(&mut self, small: bool, posts: usize) -> Result<(), Failure> {
        let subject = if small { "small" } else { "all" };
        let one = match self.tongue {
            Tongue::Nats => {
                let head = format!("PUB {subject} {}\r\n", self.payload.len());
                [head.as_bytes(), &self.payload, b"\r\n"].concat()
            }
            _ => mqtt_publish(subject, &self.payload),
        };
        Ok(self.publisher.write_all(&one.repeat(posts)).await?)
    }

    pub(super) fn cpu(&self) -> Result<Duration, Failure> {
        exact_cpu(self.process.0.id())
    }
}

/// A process that ends with this.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a program of that name is: as named, or where Debian puts servers.
pub(super) fn installed(name: &Path) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
    [PathBuf::new()].into_iter().chain(folders).map(|it| it.join(name)).find(|it| it.is_file())
}
