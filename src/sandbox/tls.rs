//! HTTPS on loopback: an authority and a certificate of its own, made at each start.
//!
//! The authority's key is forgotten once the certificate is signed, so trusting it (in a client
//! that is told to) allows nobody anything else.

use std::sync::Arc;

use data_encoding::BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// The names under which a server on loopback is reached.
const NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum CertificateError {
    /// It could not be made.
    Made(#[from] rcgen::Error),
    /// It could not be used.
    Used(#[from] rustls::Error),
}

/// Makes an authority and a certificate; returns what greets clients, and the authority in PEM.
pub(super) fn certified() -> Result<(TlsAcceptor, String), CertificateError> {
    let mut of_authority = named("leap-infra sandbox authority", &[])?;
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    of_authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let authority = of_authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(of_authority, authority_key);

    let mut of_server = named("leap-infra sandbox", NAMES)?;
    of_server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    of_server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = of_server.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), pem(authority.der())))
}

/// The text form: <https://www.rfc-editor.org/rfc/rfc7468>.
fn pem(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

fn named(name: &str, alternatives: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let alternatives = alternatives.iter().map(ToString::to_string);
    let mut params = CertificateParams::new(alternatives.collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
