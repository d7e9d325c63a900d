//! A server in a process of its own, and what the system and the server say of it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use crypto::rsa::PublicKey;

use crate::Failure;

/// The unit in which the system counts CPU time: 100 ticks a second on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

/// How long nothing must happen before the work behind messages counts as done: longer than the store
/// holds hot rows back and than timers wait.
const CALM: Duration = Duration::from_millis(2500);

/// CPU time that an idle server may spend in that time.
const CALM_CPU: Duration = Duration::from_millis(20);

/// How long the work behind messages may take.
const CALM_WITHIN: Duration = Duration::from_secs(60);

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    binary: PathBuf,
    admin: SocketAddr,
    pub(crate) dir: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) key: Arc<PublicKey>,
}

/// What a server has spent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    /// All threads.
    pub(crate) cpu: Duration,
    /// Rows put or deleted.
    pub(crate) keys: u64,
    /// Atomic batches, each with its sync but for the store's own.
    pub(crate) batches: u64,
    /// Bytes of rows in those batches: what the journal gets.
    pub(crate) journal: u64,
    /// Bytes handed to the disk.
    pub(crate) bytes: u64,
}

impl std::ops::Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            cpu: self.cpu - before.cpu,
            keys: self.keys - before.keys,
            batches: self.batches - before.batches,
            journal: self.journal - before.journal,
            bytes: self.bytes - before.bytes,
        }
    }
}

impl Server {
    /// Starts a build, by default the one beside this program, over an empty directory in `below`.
    pub(crate) fn start(binary: Option<&Path>, below: &Path) -> Result<Self, Failure> {
        Self::start_after(binary, below, |_, _| Ok(()))
    }

    /// The same, after something was done in the directory with the program.
    pub(crate) fn start_after(
        binary: Option<&Path>,
        below: &Path,
        prepare: impl FnOnce(&Path, &Path) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let beside = std::env::current_exe()?.with_file_name("chappe");
        let binary = std::path::absolute(binary.unwrap_or(&beside))?;
        if !binary.exists() {
            return Err("build the server first: cargo build --release -p server".into());
        }
        let dir = below.join(format!("chappe-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        prepare(&binary, &dir).inspect_err(|_| drop(std::fs::remove_dir_all(&dir)))?;
        let admin = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (child, address) = serve(&binary, &dir, admin)?;
        let key = Arc::new(PublicKey::from_pem(&pem(&binary, &dir)?)?);
        Ok(Self { child, binary, admin, dir, address, key })
    }

    /// Ends it, and starts it again over what it has stored, on another port; meanwhile something may be done with
    /// its directory.
    pub(crate) fn restart(&mut self, meanwhile: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        meanwhile(&self.dir)?;
        (self.child, self.address) = serve(&self.binary, &self.dir, self.admin)?;
        Ok(())
    }

    /// Its public key as text.
    pub(crate) fn pem(&self) -> Result<String, Failure> {
        pem(&self.binary, &self.dir)
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// A counter that it shows by that name; `None` of a build that has none.
    pub(crate) fn counter(&self, name: &str) -> Result<Option<u64>, Failure> {
        let metrics = self.metrics()?;
        let line = metrics.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.and_then(|it| it.trim().parse::<f64>().ok()).map(|it| it as u64))
    }

    /// So far.
    pub(crate) fn spent(&self) -> Result<Spent, Failure> {
        let metrics = self.metrics()?;
        let count = |name: &str| {
            let line = metrics.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '));
            // A build from before it counted has zeros.
            line.and_then(|it| it.trim().parse::<f64>().ok()).unwrap_or(0.0) as u64
        };
        Ok(Spent {
            cpu: self.cpu(),
            keys: count("chappe_store_keys_total"),
            batches: count("chappe_store_batches_total"),
            journal: count("chappe_commit_bytes_sum"),
            bytes: self.number("io", "write_bytes:"),
        })
    }

    /// CPU time spent so far, all threads.
    pub(crate) fn cpu(&self) -> Duration {
        cpu(self.child.id())
    }

    /// Bytes of memory that the process has, files that it maps and its program included.
    pub(crate) fn memory(&self) -> u64 {
        self.number("status", "VmRSS:") * 1024
    }

    /// Of them those of no file.
    pub(crate) fn own_memory(&self) -> u64 {
        self.number("status", "RssAnon:") * 1024
    }

    /// Waits until jobs and compaction have drained: neither CPU time is spent nor bytes are written any more.
    /// Returns whether that was in time.
    pub(crate) async fn calm(&self) -> bool {
        let start = Instant::now();
        let (mut since, mut cpu, mut bytes) = (Instant::now(), self.cpu(), self.number("io", "write_bytes:"));
        while start.elapsed() < CALM_WITHIN {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let (cpu_now, bytes_now) = (self.cpu(), self.number("io", "write_bytes:"));
            if cpu_now > cpu + CALM_CPU || bytes_now != bytes {
                (since, cpu, bytes) = (Instant::now(), cpu_now, bytes_now);
            } else if since.elapsed() > CALM {
                return true;
            }
        }
        false
    }

    fn metrics(&self) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(self.admin)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }

    /// The number after a name in one of the process's files.
    fn number(&self, file: &str, name: &str) -> u64 {
        let text = std::fs::read_to_string(self.proc(file)).unwrap_or_default();
        let line = text.lines().find_map(|it| it.strip_prefix(name)).unwrap_or("");
        line.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(0)
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

/// Runs a build; the process, and where it listens.
fn serve(binary: &Path, dir: &Path, admin: SocketAddr) -> Result<(Child, SocketAddr), Failure> {
    let mut child = Command::new(binary)
        .args(["serve", "--test-accounts", "--listen", "127.0.0.1:0", "--admin-listen", &admin.to_string()])
        .env("CHAPPE_FLOOD_FACTOR", "0")
        .env("CHAPPE_LOG", "warn")
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let address = line.split_whitespace().find_map(|it| it.parse().ok());
    Ok((child, address.ok_or("the server did not start")?))
}

fn pem(binary: &Path, dir: &Path) -> Result<String, Failure> {
    Ok(String::from_utf8(Command::new(binary).arg("key").current_dir(dir).output()?.stdout)?)
}

/// CPU time that a process has spent so far, all threads, to the nanosecond.
pub(crate) fn exact_cpu(process: u32) -> Result<Duration, Failure> {
    let process = nix::unistd::Pid::from_raw(i32::try_from(process)?);
    Ok(nix::time::clock_getcpuclockid(process)?.now()?.into())
}

/// Moments that all processes of the machine tell alike.
pub(crate) fn moment() -> Duration {
    nix::time::ClockId::CLOCK_MONOTONIC.now().map(Into::into).unwrap_or_default()
}

/// CPU time that a process has spent so far, all threads.
pub(crate) fn cpu(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<u32>().ok()).unwrap_or(0);
    TICK * (ticks(11) + ticks(12))
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
