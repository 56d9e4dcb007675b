//! The pages that people see: plain forms, so that a program can fill them in as well.

use axum::response::{IntoResponse, Response};
use handlebars::html_escape;
use http::{StatusCode, header};

/// A form with fields that are sent along, fields that a person fills in, and two buttons.
#[derive(Default)]
pub(super) struct Form<'a> {
    pub(super) title: String,
    pub(super) text: String,
    /// Sent along, by their names.
    pub(super) hidden: &'a [(&'a str, &'a str)],
    /// What people see, the name, and what is there already.
    pub(super) asked: &'a [(&'a str, &'a str, &'a str)],
}

impl IntoResponse for Form<'_> {
    fn into_response(self) -> Response {
        let mut body = format!("<p>{}</p>\n<form method=\"post\">\n", html_escape(&self.text));
        for (name, value) in self.hidden.iter().filter(|(_, value)| !value.is_empty()) {
            let value = html_escape(value);
            body += &format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n");
        }
        for (label, name, value) in self.asked {
            let value = html_escape(value);
            body += &format!(
                "<label>{label} <input name=\"{name}\" value=\"{value}\" required></label>\n"
            );
        }
        body += "<button name=\"authorize\" value=\"1\">Authorize</button>\n\
                 <button name=\"authorize\" value=\"0\" formnovalidate>Cancel</button>\n</form>\n";
        whole(StatusCode::OK, &self.title, &body)
    }
}

/// Says how it ended.
pub(super) fn said(status: StatusCode, text: &str) -> Response {
    whole(status, text, "")
}

fn whole(status: StatusCode, title: &str, body: &str) -> Response {
    let title = html_escape(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<title>{title}</title>\n<h1>{title}</h1>\n{body}</html>\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
