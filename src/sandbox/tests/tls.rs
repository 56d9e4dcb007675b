//! HTTPS, for clients that speak nothing else.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::*;
use crate::sandbox::Transport;

async fn secure() -> Sandbox {
    start(Options { transport: Transport::Tls, ..Options::default() }).await.unwrap()
}

fn connector(trusted: RootCertStore) -> TlsConnector {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(trusted).with_no_client_auth()).into()
}

async fn answer(sandbox: &Sandbox, connector: &TlsConnector, request: &str) -> String {
    let stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The other side does not take leave.
    let _ = soon(stream.read_to_end(&mut answer)).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_trusts_its_authority_is_answered_with_https_addresses() {
    let sandbox = secure().await;
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));
    let mut trusted = RootCertStore::empty();
    let authority = sandbox.authority().unwrap().as_bytes();
    trusted.add(CertificateDer::from_pem_slice(authority).unwrap()).unwrap();
    let body = r#"{"name":"scratch"}"#;
    let request = format!(
        "POST /storage/v1/b?project=leap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = answer(&sandbox, &connector(trusted), &request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(&format!("{}/storage/v1/b/scratch", sandbox.url())), "{answer}");
}

#[tokio::test]
async fn who_does_not_trust_it_or_speaks_in_the_clear_disturbs_nobody() {
    let sandbox = secure().await;
    let stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    assert!(connector(RootCertStore::empty()).connect(name, stream).await.is_err());
    // One that says nothing does not keep the others waiting.
    let _silent = TcpStream::connect(sandbox.address()).await.unwrap();
    let mut plain = TcpStream::connect(sandbox.address()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = soon(plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"), "it is not answered in the clear");
}
