//! What a call is, by its path.

use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::call::values;
use crate::sandbox::Label;

/// Names the call by its path with placeholders, and what it is about by bucket and object.
pub(in super::super) fn label(parts: &Parts) -> Label {
    let path = parts.uri.path();
    let Some((face, rest)) = path.split_once("/storage/v1/").filter(|(face, _)| *face != "/batch")
    else {
        return Label::of_http(parts);
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut template = format!("{} {face}/storage/v1", parts.method);
    let mut names = Vec::new();
    let mut before = "";
    for segment in rest.split('/') {
        template.push('/');
        let placeholder = match before {
            "b" => "{bucket}",
            "o" => "{object}",
            "projects" => "{project}",
            _ => segment,
        };
        if placeholder != segment && names.len() < 2 {
            names.push(decoded(segment));
        }
        template.push_str(placeholder);
        // A bucket may be called `o`.
        before = if placeholder == segment { segment } else { "" };
    }
    if names.len() == 1 && rest.ends_with("/o") {
        names.append(&mut values(&parts.uri, "name"));
    }
    let resource = if names.is_empty() { project(parts) } else { names.join("/") };
    Label { method: template, resource, mutating: !parts.method.is_safe() }
}

fn project(parts: &Parts) -> String {
    values(&parts.uri, "project").pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn a_call_is_named_by_what_it_does_and_to_what() {
        let named = |method: &str, uri: &str| {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            let Label { method, resource, .. } = label(&request.into_parts().0);
            (method, resource)
        };
        let cases = [
            ("POST", "/storage/v1/b?project=leap", "POST /storage/v1/b", "leap"),
            ("GET", "/storage/v1/b/o/o/o", "GET /storage/v1/b/{bucket}/o/{object}", "o/o"),
            (
                "POST",
                "/upload/storage/v1/b/x/o?name=a%2Fb",
                "POST /upload/storage/v1/b/{bucket}/o",
                "x/a/b",
            ),
            ("PUT", "/storage/v1/b/x/iam", "PUT /storage/v1/b/{bucket}/iam", "x"),
        ];
        for (method, uri, name, resource) in cases {
            assert_eq!(named(method, uri), (name.to_owned(), resource.to_owned()));
        }
    }
}
