//! The login of the `gcloud` command, for people who ran nothing else. Not run against live
//! clouds yet.

use google_cloud_auth::credentials::{
    CacheableResource, Credentials, CredentialsProvider, EntityTag,
};
use google_cloud_auth::errors::CredentialsError;
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderMap, HeaderValue};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Credentials that ask `gcloud` for a token.
pub(super) async fn credentials() -> Result<Credentials, gcp_auth::Error> {
    Ok(Credentials::from(Adapter(Arc::new(gcp_auth::GCloudAuthorizedUser::new().await?))))
}

/// Tokens of `gcp_auth` for clients that take credentials of `google_cloud_auth`.
struct Adapter(Arc<dyn gcp_auth::TokenProvider>);

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adapter(gcloud)")
    }
}

impl CredentialsProvider for Adapter {
    async fn headers(
        &self,
        _extensions: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let token = self.0.token(&[SCOPE]).await;
        let token = token.map_err(|error| CredentialsError::from_source(false, error))?;
        let value = HeaderValue::from_str(&format!("Bearer {}", token.as_str()));
        let mut value = value.map_err(|error| CredentialsError::from_source(false, error))?;
        value.set_sensitive(true);
        let data = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
    }

    fn universe_domain(&self) -> impl Future<Output = Option<String>> + Send {
        std::future::ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::BoxFuture;
    use gcp_auth::{Error, Token, TokenProvider};

    struct Fixed;

    // As async_trait writes it.
    impl TokenProvider for Fixed {
        fn token<'a, 'b, 'c, 'd>(
            &'a self,
            _scopes: &'b [&'c str],
        ) -> BoxFuture<'d, Result<Arc<Token>, Error>>
        where
            'a: 'd,
            'b: 'd,
            'c: 'd,
            Self: 'd,
        {
            let token = r#"{ "access_token": "the-token", "expires_in": 3600 }"#;
            Box::pin(async move { Ok(Arc::new(serde_json::from_str(token).unwrap())) })
        }

        fn project_id<'a, 'd>(&'a self) -> BoxFuture<'d, Result<Arc<str>, Error>>
        where
            'a: 'd,
            Self: 'd,
        {
            Box::pin(async { Ok(Arc::from("leap")) })
        }
    }

    #[tokio::test]
    async fn a_token_becomes_a_header_that_is_not_printed() {
        let headers = Adapter(Arc::new(Fixed)).headers(Extensions::new()).await.unwrap();
        let CacheableResource::New { data, .. } = headers else { panic!("no headers") };
        assert_eq!(data[AUTHORIZATION], "Bearer the-token");
        assert!(!format!("{data:?}").contains("the-token"));
    }
}
