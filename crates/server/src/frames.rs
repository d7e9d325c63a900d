//! Thumbnails of videos, by the operator's `ffmpeg`: a process of its own for each video, which is given the first
//! megabytes and the index through a pipe, so that nothing of them is written anywhere, and is bounded in time, memory and output.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use domain::files::frames::{Frames, Head};
use store::BoxFuture;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::Semaphore,
    time::timeout,
};

/// Seconds for which one runs, by the clock and by the processor: a frame takes a fraction of one.
const SECONDS: u64 = 10;

/// Kilobytes of its address space; large frames take some hundred megabytes.
const MEMORY_KB: u64 = 1 << 20;

/// Bytes of the picture: 320 pixels wide it has some dozens of kilobytes.
const PICTURE_MAX: u64 = 1 << 20;

/// Videos that wait for one another; beyond them they go without, so that a crowd of uploads is not kept waiting.
const WAITING_MAX: usize = 4;

/// Runs a decoder for one video after the other.
pub struct Ffmpeg {
    program: PathBuf,
    /// How long one may take.
    patience: Duration,
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Ffmpeg {
    /// By this program.
    pub fn new(program: PathBuf) -> Self {
        let (waiting, running) = (Arc::new(Semaphore::new(WAITING_MAX)), Arc::new(Semaphore::new(1)));
        Self { program, patience: Duration::from_secs(SECONDS), waiting, running }
    }

    /// The program that is configured, or the one that is found where programs are; `None`: videos go without.
    pub fn find(configured: Option<&PathBuf>) -> Option<Self> {
        let named = configured.map_or("ffmpeg".as_ref(), PathBuf::as_path);
        if named.as_os_str().is_empty() {
            return None;
        }
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&paths).map(|it| it.join(named)).find(|it| it.is_file());
        found.map(Self::new)
    }

    fn command(&self) -> Command {
        // The shell sets the limits, which outlive its own end.
        let script = format!("ulimit -v {MEMORY_KB}; ulimit -t {SECONDS}; exec \"$0\" \"$@\"");
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script).arg(&self.program);
        command.args(["-v", "quiet", "-nostdin", "-threads", "1", "-protocol_whitelist", "pipe", "-i", "pipe:0"]);
        command.args(["-an", "-sn", "-dn", "-frames:v", "1", "-vf", "scale=320:-2"]);
        command.args(["-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"]);
        command.env_clear().current_dir("/").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

impl Frames for Ffmpeg {
    fn frame(&self, head: Head) -> BoxFuture<'static, Option<Vec<u8>>> {
        let (waiting, running) = (Arc::clone(&self.waiting), Arc::clone(&self.running));
        let (mut command, patience) = (self.command(), self.patience);
        Box::pin(async move {
            let _place = waiting.try_acquire_owned().ok()?;
            let _turn = running.acquire_owned().await.ok()?;
            let head = head.await.ok()?;
            let child = command.spawn().ok()?;
            // What takes too long is dropped here, and killed by that.
            timeout(patience, picture(child, head)).await.ok().flatten()
        })
    }
}

/// Gives a process the head of a video and takes its picture.
async fn picture(mut child: Child, head: Vec<u8>) -> Option<Vec<u8>> {
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    let write = async move {
        // It may have seen enough before all is written.
        let _ = input.write_all(&head).await;
    };
    let mut picture = Vec::new();
    let mut output = output.take(PICTURE_MAX + 1);
    let ((), read) = tokio::join!(write, output.read_to_end(&mut picture));
    read.ok()?;
    drop(output);
    let is_whole = !picture.is_empty() && picture.len() as u64 <= PICTURE_MAX;
    is_whole.then_some(())?;
    child.wait().await.ok()?.success().then_some(picture)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A stand-in for a decoder.
    fn stand_in(name: &str, script: &str) -> Ffmpeg {
        let dir = std::env::temp_dir().join(format!("chappe-frames-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("ffmpeg");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Ffmpeg::new(path)
    }

    async fn frame(of: &Ffmpeg, head: &[u8]) -> Option<Vec<u8>> {
        let head = head.to_vec();
        of.frame(Box::pin(async move { Ok(head) })).await
    }

    #[tokio::test]
    async fn a_picture_comes_through_pipes_and_what_fails_or_floods_gives_none() {
        // Names a command by its path: the environment is empty.
        let cat = stand_in("cat", "exec /bin/cat");
        assert_eq!(frame(&cat, b"a picture").await.as_deref(), Some(&b"a picture"[..]));
        let early = stand_in("early", "exec /usr/bin/head -c 5");
        let long = vec![7; 1 << 20];
        assert_eq!(frame(&early, &long).await, Some(vec![7; 5]), "it need not read all");
        let fails = stand_in("fails", "/bin/cat; exit 1");
        assert_eq!(frame(&fails, b"a picture").await, None);
        let floods = stand_in("floods", "exec /bin/cat /dev/zero");
        assert_eq!(frame(&floods, b"a picture").await, None);
        assert_eq!(frame(&Ffmpeg::new("/nowhere/ffmpeg".into()), b"a picture").await, None);
    }

    #[tokio::test]
    async fn one_runs_at_a_time_in_bounded_memory_and_who_comes_to_a_crowd_goes_without() {
        let limits = stand_in("limits", "ulimit -v; ulimit -t");
        let told = String::from_utf8(frame(&limits, b"").await.unwrap()).unwrap();
        assert_eq!(told, format!("{MEMORY_KB}\n{SECONDS}\n"));
        let cat = stand_in("crowd", "exec /bin/cat");
        let crowd = futures_util::future::join_all((0..WAITING_MAX + 2).map(|_| frame(&cat, b"x"))).await;
        assert_eq!(crowd.iter().filter(|it| it.is_none()).count(), 2);
    }

    #[tokio::test]
    async fn what_takes_too_long_is_killed() {
        let patience = Duration::from_millis(50);
        let sleeps = Ffmpeg { patience, ..stand_in("sleeps", "exec /bin/sleep 1000") };
        assert_eq!(frame(&sleeps, b"a picture").await, None);
    }

    #[test]
    fn an_empty_name_means_none() {
        assert!(Ffmpeg::find(Some(&PathBuf::new())).is_none());
        assert!(Ffmpeg::find(Some(&"/bin/sh".into())).is_some());
        assert!(Ffmpeg::find(Some(&"/nowhere/ffmpeg".into())).is_none());
    }
}
