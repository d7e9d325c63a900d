//! Senders against a web server and a mail server of a few lines each.

use std::{
    io::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::config::Hidden;

const CODE: &str = "48151";
const NUMBER: &str = "33612345678";
const ADDRESS: &str = "claude@example.org";

fn letter(to: CodeTarget) -> Letter {
    Letter { id: "one".into(), to, code: CODE.into(), purpose: CodePurpose::SignIn }
}

/// A request as a web server reads it: head and body.
async fn request(stream: &mut TcpStream) -> (String, String) {
    let mut stream = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        stream.read_line(&mut head).await.unwrap();
        if let Some(value) = head[start..].to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// A web server that gives one answer a connection; what it was asked.
async fn web(answers: &'static [u16]) -> (String, tokio::task::JoinHandle<Vec<(String, String)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/codes?x=1", listener.local_addr().unwrap());
    #[allow(clippy::disallowed_methods, reason = "a test")]
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for status in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            asked.push(request(&mut stream).await);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        asked
    });
    (url, served)
}

fn webhook(url: &str) -> Webhook {
    let mut it = Webhook::new(url, &Hidden("a secret".into()), "Test").unwrap();
    it.pauses = vec![Duration::ZERO; 2];
    it.timeout = Duration::from_millis(300);
    it
}

#[tokio::test]
async fn a_code_is_posted_as_signed_json() {
    let (url, served) = web(&[204]).await;
    webhook(&url).send(&letter(CodeTarget::Phone(NUMBER.into()))).await.unwrap();
    let (head, body) = served.await.unwrap().remove(0);
    assert!(head.starts_with("POST /codes?x=1 HTTP/1.1\r\n"), "{head}");
    let mac = crypto::hash::hmac_sha256(b"a secret", &[body.as_bytes()]);
    let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(head.contains(&format!("x-chappe-signature: sha256={mac}\r\n")), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    for (key, value) in [
        ("to", "phone"),
        ("address", "+33612345678"),
        ("code", CODE),
        ("purpose", "sign_in"),
        ("server", "Test"),
        ("id", "one"),
    ] {
        assert_eq!(body[key], value, "{key}");
    }
    assert!(body["date"].is_u64());
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_three_times_with_the_same_letter() {
    let (url, served) = web(&[500, 429, 200]).await;
    webhook(&url).send(&letter(CodeTarget::Email(ADDRESS.into()))).await.unwrap();
    let asked = served.await.unwrap();
    assert_eq!(asked.len(), 3);
    let id = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap()["id"].clone();
    assert!(asked.iter().all(|(_, body)| id(body) == "one"));

    let (url, served) = web(&[500, 500, 500]).await;
    assert!(matches!(webhook(&url).send(&letter(CodeTarget::Phone(NUMBER.into()))).await, Err(NotSent::Answered(500))));
    served.await.unwrap();
}

#[tokio::test]
async fn a_webhook_that_refuses_is_not_asked_again() {
    let (url, served) = web(&[403]).await;
    assert!(matches!(webhook(&url).send(&letter(CodeTarget::Phone(NUMBER.into()))).await, Err(NotSent::Answered(403))));
    served.await.unwrap();
}

#[tokio::test]
async fn a_webhook_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let sent = webhook(&url).send(&letter(CodeTarget::Phone(NUMBER.into()))).await;
    assert!(matches!(sent, Err(NotSent::Late)));
}

/// A mail server for one letter; what it was told.
async fn mail(answer_to_data: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    #[allow(clippy::disallowed_methods, reason = "a test")]
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let (mut read, mut told) = (BufReader::new(read), String::new());
        write.write_all(b"220 here\r\n").await.unwrap();
        let mut in_data = false;
        loop {
            let start = told.len();
            if read.read_line(&mut told).await.unwrap_or(0) == 0 {
                return told;
            }
            let line = told[start..].trim_end();
            let answer = match line {
                "." if in_data => {
                    in_data = false;
                    answer_to_data
                }
                _ if in_data => continue,
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return told;
            }
        }
    });
    (url, served)
}

fn mailer(url: &str) -> Mailer {
    let mut it = Mailer::new(&Hidden(url.into()), "Chappe <codes@example.org>", "Test").unwrap();
    it.pauses = Vec::new();
    it
}

#[tokio::test]
async fn a_code_is_mailed() {
    let (url, served) = mail("250 taken").await;
    let sender = mailer(&url);
    sender.send(&letter(CodeTarget::Email(ADDRESS.into()))).await.unwrap();
    drop(sender);
    let told = served.await.unwrap();
    for part in ["MAIL FROM:<codes@example.org>", "RCPT TO:<claude@example.org>", "Subject: Test: sign-in code", CODE] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[tokio::test]
async fn a_mail_server_that_refuses_for_good_is_believed() {
    let (url, served) = mail("550 no such person").await;
    let sender = mailer(&url);
    assert!(matches!(sender.send(&letter(CodeTarget::Email(ADDRESS.into()))).await, Err(NotSent::Refused)));
    drop(sender);
    served.await.unwrap();
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_shows_a_code_or_where_it_went() {
    let kept = Kept::default();
    let writer = kept.clone();
    let log =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(log);
    let nowhere = "127.0.0.1:1";
    let mut webhook = webhook(&format!("http://{nowhere}/"));
    webhook.pauses = Vec::new();
    let with = |webhook: Option<Webhook>, mailer: Option<Mailer>| Senders {
        webhook: webhook.map(Arc::new),
        mailer: mailer.map(Arc::new),
        room: Arc::new(Semaphore::new(1)),
    };
    let all = [with(None, None), with(Some(webhook), Some(mailer(&format!("smtp://{nowhere}"))))];
    for (senders, expected) in all.iter().zip([false, true]) {
        for to in [CodeTarget::Phone(NUMBER.into()), CodeTarget::Email(ADDRESS.into())] {
            assert_eq!(senders.send_code(to, CODE.into(), CodePurpose::VerifyEmail).await, expected);
            // Whoever has the only place has written its line.
            drop(senders.room.acquire().await.unwrap());
        }
    }
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("a code waits to be read").count(), 2, "{log}");
    assert_eq!(log.matches("a code could not be sent").count(), 2, "{log}");
    for secret in [CODE, NUMBER, ADDRESS, "a secret"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn settings_that_do_not_fit_together_are_said() {
    let read = |lines: &[(&str, &str)]| {
        let dir = std::env::temp_dir().join(format!("chappe-senders-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("chappe.toml");
        let text: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        std::fs::write(&path, text).unwrap();
        let config = Config::read(Some(&path)).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        Senders::new(&config).map(drop).map_err(|error| error.to_string())
    };
    let url = ("webhook_url", "\"http://127.0.0.1:9/\"");
    assert_eq!(read(&[]), Ok(()));
    assert_eq!(read(&[url, ("webhook_secret", "\"s\"")]), Ok(()));
    assert!(read(&[url]).unwrap_err().contains("belong together"));
    assert!(read(&[("webhook_url", "\"ftp://x/\""), ("webhook_secret", "\"s\"")]).unwrap_err().contains("https://"));
    assert!(read(&[("smtp_url", "\"smtp://127.0.0.1\"")]).unwrap_err().contains("belong together"));
    let broken = read(&[("smtp_url", "\"http://me:hush@x\""), ("smtp_from", "\"a@b.org\"")]).unwrap_err();
    assert!(broken.contains("smtp_url") && !broken.contains("hush"), "{broken}");
    assert!(read(&[("login_email", "true")]).unwrap_err().contains("needs a sender"));
}
