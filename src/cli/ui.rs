//! Where words go: results to stdout, everything else to stderr.

use crate::cli::events::Events;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::view::look::{Detail, Look, Signs};
use crate::cli::view::problems::Colour;
use crate::cli::view::style::Paint;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Write};

/// The terminal, or whatever stands in its place.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Whether results are printed as JSON.
    pub json: bool,
    /// How what goes to stdout is drawn.
    pub look: Look,
    /// Whether stderr is a terminal on which lines can be drawn again.
    pub live: bool,
    /// Whether somebody is there to answer.
    pub answers: bool,
    /// Told of everything that happens, in JSON.
    pub events: Events,
    choice: ColorChoice,
}

/// How wide a line is where nobody says: golden files and logs look alike everywhere.
const WIDTH: usize = 100;

impl Ui {
    /// The terminal of this process. `no_colour`, `words` and `input` are the person's own wishes.
    pub fn new(json: bool, no_colour: bool, words: bool, input: bool) -> Self {
        let choice = if no_colour { ColorChoice::Never } else { AutoStream::choice(&io::stdout()) };
        let terminal = io::stdout().is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let columns = columns.or_else(|| terminal.then(console_width).flatten());
        // What cannot move its cursor cannot redraw a bar, and is often read out.
        let words = words || std::env::var("TERM").is_ok_and(|term| term == "dumb");
        Self {
            json,
            look: Look {
                paint: Paint(choice != ColorChoice::Never),
                width: columns.unwrap_or(WIDTH).clamp(60, 200),
                detail: Detail::default(),
                signs: if words { Signs::Words } else { Signs::Signs },
            },
            live: io::stderr().is_terminal() && !json && !words,
            answers: input && io::stdin().is_terminal(),
            events: Events::default(),
            choice,
        }
    }

    /// The same, printing results as JSON if that was asked for in another way.
    #[must_use]
    pub fn printing_json(&self, json: bool) -> Self {
        Self { json: self.json || json, live: self.live && !json, ..self.clone() }
    }

    /// The same, showing this much of each change.
    #[must_use]
    pub fn showing(&self, detail: Detail) -> Self {
        Self { look: Look { detail, ..self.look }, ..self.clone() }
    }

    /// Whether problems are drawn with colour.
    pub fn colours(&self) -> Colour {
        if self.look.paint.0 { Colour::On } else { Colour::Off }
    }

    /// Prints a result, on lines of its own. A reader that has gone away (`| head`) is not an
    /// error.
    pub fn say(&self, text: impl AsRef<str>) {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice);
        let text = text.as_ref();
        _ = write!(out, "{text}{}", if text.ends_with('\n') { "" } else { "\n" });
    }

    /// Prints something beside the result.
    pub fn remark(&self, text: impl AsRef<str>) {
        let mut err = AutoStream::auto(io::stderr().lock());
        _ = writeln!(err, "{}", text.as_ref().trim_end_matches('\n'));
    }

    /// Prints a closing word: a result for people, a remark beside a JSON result.
    pub fn remark_or_say(&self, text: &str) {
        if self.json { self.remark(text) } else { self.say(text) }
    }

    /// Ends the program at once.
    pub fn leave(&self, exit: Exit) -> ! {
        std::process::exit(exit as i32)
    }

    /// Prints why a command failed.
    pub fn fail(&self, failure: &Failure) {
        self.remark(failure.to_string());
    }

    /// Asks, and says whether the answer was exactly `yes`.
    pub fn confirms(&self, question: &str) -> bool {
        self.remark(format!("{question} Only `yes` goes on:"));
        let mut answer = String::new();
        _ = io::stdin().read_line(&mut answer);
        answer.trim() == "yes"
    }
}

fn console_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}
