//! nginx in one process, with one page in a file.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::net::TcpStream;

use crate::{Failure, process::cpu};

/// How often it is looked whether it listens, a hundredth of a second each.
const LOOKS: usize = 500;

/// A running nginx, stopped when dropped; its files lie in the server's directory and go with it.
pub(super) struct Nginx {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Nginx {
    /// Gives `page` out at `/`.
    pub(super) async fn start(binary: &Path, below: &Path, page: &[u8]) -> Result<Self, Failure> {
        let dir = below.join("nginx");
        std::fs::create_dir_all(dir.join("root"))?;
        std::fs::write(dir.join("root/index.html"), page)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        std::fs::write(dir.join("nginx.conf"), config(address))?;
        let child = Command::new(binary)
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(&dir)
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}; Debian: apt install nginx-light", binary.display()))?;
        let it = Self { child, address };
        for _ in 0..LOOKS {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(it);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("nginx did not start".into())
    }

    /// CPU time spent so far.
    pub(super) fn cpu(&self) -> Duration {
        cpu(self.child.id())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As quick as it gets: no logs, files kept open, and connections for as long as the bench runs.
fn config(address: SocketAddr) -> String {
    format!(
        "daemon off; master_process off; worker_processes 1; pid nginx.pid;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n\
         access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=16;\n\
         default_type 'text/html; charset=utf-8';\n\
         client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
         server {{ listen {address}; root root; }}\n\
         }}\n"
    )
}
