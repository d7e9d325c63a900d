//! A server in a process of its own, and what the system says of it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use crypto::rsa::PublicKey;

use crate::Failure;

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) dir: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) key: Arc<PublicKey>,
}

impl Server {
    /// Starts the release build beside this program.
    pub(crate) fn start() -> Result<Self, Failure> {
        let binary = std::env::current_exe()?.with_file_name("chappe");
        if !binary.exists() {
            return Err("build the server first: cargo build --release -p server".into());
        }
        let dir = std::env::temp_dir().join(format!("chappe-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let mut child = Command::new(&binary)
            .args(["serve", "--test-accounts", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .env("CHAPPE_FLOOD_FACTOR", "0")
            .env("CHAPPE_LOG", "warn")
            .current_dir(&dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.split_whitespace().find_map(|it| it.parse().ok()).ok_or("the server did not start")?;
        let pem = Command::new(&binary).arg("key").current_dir(&dir).output()?.stdout;
        let key = Arc::new(PublicKey::from_pem(&String::from_utf8(pem)?)?);
        Ok(Self { child, dir, address, key })
    }

    /// CPU time spent so far, all threads.
    pub(crate) fn cpu(&self) -> Duration {
        const TICK: u64 = 10_000;
        let stat = std::fs::read_to_string(self.proc("stat")).unwrap_or_default();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        Duration::from_micros((ticks(11) + ticks(12)) * TICK)
    }

    /// Bytes of memory that are the process's own.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(self.proc("status")).unwrap_or_default();
        let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap_or("");
        line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Bytes handed to the disk so far.
    pub(crate) fn written(&self) -> u64 {
        let io = std::fs::read_to_string(self.proc("io")).unwrap_or_default();
        let line = io.lines().find(|it| it.starts_with("write_bytes:")).unwrap_or("");
        line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
