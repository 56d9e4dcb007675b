//! The listener: TCP on loopback, in the clear or by TLS, whose connections can be cut from
//! within a call, which no HTTP server offers by itself.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Accepts connections until it is closed, and closes them all with it.
pub(super) struct Wires {
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    /// Those that are still agreeing on how to talk: others need not wait for them.
    greeting: JoinSet<io::Result<(TlsStream<TcpStream>, SocketAddr)>>,
    all: CancellationToken,
}

impl Wires {
    pub(super) fn new(
        listener: TcpListener,
        acceptor: Option<TlsAcceptor>,
        all: CancellationToken,
    ) -> Self {
        Self { listener, acceptor, greeting: JoinSet::new(), all }
    }

    fn wire(&self, stream: impl Stream + 'static) -> Wire {
        Wire::new(Box::pin(stream), self.all.child_token())
    }
}

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            tokio::select! {
                (stream, address) = Listener::accept(&mut self.listener) => {
                    // Small answers must not wait for an acknowledgement of earlier ones.
                    let _ = stream.set_nodelay(true);
                    let Some(acceptor) = self.acceptor.clone() else {
                        return (self.wire(stream), address);
                    };
                    let agreed = acceptor.accept(stream);
                    self.greeting.spawn(async move { Ok((agreed.await?, address)) });
                }
                Some(greeted) = self.greeting.join_next() => {
                    // Who does not agree is gone, and that is all that there is to it.
                    if let Ok(Ok((stream, address))) = greeted {
                        return (self.wire(stream), address);
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// What bytes go over.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

/// A connection.
pub(super) struct Wire {
    stream: Pin<Box<dyn Stream>>,
    cutter: Cutter,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Wire {
    fn new(stream: Pin<Box<dyn Stream>>, token: CancellationToken) -> Self {
        let cut = Box::pin(token.clone().cancelled_owned());
        Self { stream, cutter: Cutter(token), cut }
    }

    fn broken(&self) -> io::Result<()> {
        if self.cutter.0.is_cancelled() {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

/// Cuts one connection, with everything that is under way on it.
#[derive(Clone)]
pub(super) struct Cutter(CancellationToken);

impl Cutter {
    pub(super) fn cut(&self) {
        self.0.cancel();
    }
}

impl Connected<IncomingStream<'_, Wires>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().cutter.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Polling it first also has this task woken when the connection is cut.
        if self.cut.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        ready!(self.stream.as_mut().poll_read(context, buffer))?;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.broken()?;
        self.stream.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }
}
