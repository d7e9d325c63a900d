//! A WebSocket client as a stream of bytes, with frames that follow packets or do not.

use futures_util::{SinkExt, StreamExt};
use testkit::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        handshake::client::Response,
        http::{HeaderName, HeaderValue},
    },
};

/// How bytes are put into frames.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frames {
    /// A frame for what is written at once.
    Whole,
    /// Frames of so many bytes.
    Pieces(usize),
    /// Frames that hold all that has gathered.
    Merged,
}

/// Opens a WebSocket; `more` is further headers.
pub(crate) async fn open(
    stream: impl Stream + 'static,
    path: &str,
    frames: Frames,
    more: &str,
) -> (DuplexStream, Response) {
    let mut request = format!("ws://localhost{path}").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", HeaderValue::from_static("binary"));
    // As browsers offer; a server that agreed would send what clients of MTProto do not read.
    headers.insert("sec-websocket-extensions", HeaderValue::from_static("permessage-deflate; client_max_window_bits"));
    for line in more.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let (socket, answer) = client_async(request, stream).await.unwrap();
    let (near, far) = tokio::io::duplex(1 << 20);
    tokio::spawn(async move {
        let (mut sink, mut source) = socket.split();
        let (mut read, mut write) = tokio::io::split(far);
        let there = async {
            let mut buffer = vec![0; 1 << 16];
            loop {
                if matches!(frames, Frames::Merged) {
                    tokio::task::yield_now().await;
                }
                let n = read.read(&mut buffer).await.unwrap_or(0);
                if n == 0 {
                    return;
                }
                let size = if let Frames::Pieces(size) = frames { size } else { n };
                for piece in buffer[..n].chunks(size) {
                    if sink.send(Message::Binary(piece.to_vec().into())).await.is_err() {
                        return;
                    }
                }
            }
        };
        let back = async {
            while let Some(Ok(message)) = source.next().await {
                match message {
                    Message::Binary(bytes) => write.write_all(&bytes).await.unwrap(),
                    Message::Close(_) => return,
                    other => panic!("{other:?}"),
                }
            }
        };
        tokio::select! {
            () = there => {}
            () = back => {}
        }
    });
    (near, answer)
}
