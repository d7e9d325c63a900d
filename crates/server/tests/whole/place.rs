//! A directory that is gone with the test, and a server that runs in it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use crypto::rsa::PublicKey;

/// The binary under test; another build may be named.
fn binary() -> PathBuf {
    std::env::var_os("CHAPPE_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_chappe").into(), PathBuf::from)
}

/// How long a server may take to stop after SIGTERM.
const STOP: Duration = Duration::from_secs(20);

/// How long a command that is no server may take, and what `timeout` says when it took longer.
const COMMAND_SECONDS: &str = "60";
const TIMED_OUT: i32 = 124;

/// A directory of its own.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let (process, at) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("chappe-whole-{name}-{process}-{at}"));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// `chappe WORDS…` run here, with `data` and `keys` as they are called by default.
    pub fn chappe(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(words).current_dir(&self.0).env("CHAPPE_LOG", "info");
        command
    }

    /// The same, ended when it does not end by itself.
    fn bounded(&self, words: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command.arg(COMMAND_SECONDS).arg(binary()).args(words).current_dir(&self.0).env("CHAPPE_LOG", "info");
        command
    }

    /// What `chappe WORDS…` prints; it must succeed.
    pub fn says(&self, words: &[&str]) -> String {
        let done = self.bounded(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
        text(&done.stdout)
    }

    /// What `chappe WORDS…` complains of; it must fail.
    pub fn refuses(&self, words: &[&str]) -> String {
        let done = self.bounded(words).output().unwrap();
        assert!(!done.status.success(), "{words:?} succeeded: {}", text(&done.stdout));
        assert_ne!(done.status.code(), Some(TIMED_OUT), "{words:?} did not end: {}", text(&done.stderr));
        text(&done.stderr)
    }

    /// Everything that servers have logged here.
    pub fn log(&self) -> String {
        text(&fs::read(self.join("log")).unwrap_or_default())
    }

    /// A server with test accounts, on ports of its own.
    pub fn serve(&self) -> Server {
        self.serve_with(|_| {})
    }

    /// As [`serve`](Self::serve), after `also` has had its way with the command.
    pub fn serve_with(&self, also: impl FnOnce(&mut Command)) -> Server {
        let mut command = self.chappe(&["serve", "--test-accounts", "--listen", "127.0.0.1:0"]);
        command.env("CHAPPE_FLOOD_FACTOR", "0");
        also(&mut command);
        Server::start(self, command)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub ready: String,
    pub address: SocketAddr,
    pub admin: SocketAddr,
    pub key: Arc<PublicKey>,
}

impl Server {
    pub fn start(place: &Place, mut command: Command) -> Self {
        let admin = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = fs::File::options().create(true).append(true).open(place.join("log")).unwrap();
        command.args(["--admin-listen", &admin.to_string()]).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with("chappe ready"), "the server did not start: {ready}{}", place.log());
        let address = ready.split([' ', ',']).find_map(|it| it.parse().ok()).unwrap();
        let key = Arc::new(PublicKey::from_pem(&place.says(&["key"])).unwrap());
        Self { child, ready, address, admin, key }
    }

    /// Bytes of its memory.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// kill -9: it gets no chance to write anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop with a signal, e.g. `TERM`, and waits; whether it ended well.
    pub fn stop_with(mut self, signal: &str) -> bool {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let until = Instant::now() + STOP;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not stop after SIG{signal}");
    }

    pub fn stop(self) {
        assert!(self.stop_with("TERM"), "the server ended badly");
    }

    /// Status and text of a page on the operators' address.
    pub fn page(&self, path: &str) -> (u16, String) {
        get(self.admin, path)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of a plain HTTP answer.
pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    let status = all.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("an HTTP answer");
    (status, all.split_once("\r\n\r\n").expect("a head").1.to_owned())
}

/// Copies a tree of plain files.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy_tree(&entry.path(), &to),
            kind if kind.is_file() => drop(fs::copy(entry.path(), to).unwrap()),
            _ => {}
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
