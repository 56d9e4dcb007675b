//! How a view is drawn: colours, width, how much of it, and with which signs.

use crate::cli::view::style::Paint;

/// How a view is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colours.
    pub paint: Paint,
    /// How wide a line may be.
    pub width: usize,
    /// How much is shown.
    pub detail: Detail,
    /// Signs, or words in their place.
    pub signs: Signs,
}

/// How much of each change is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// A line for each change.
    Concise,
    /// The fields that change.
    #[default]
    Usual,
    /// Every field, also those that stay as they are.
    Full,
}

/// What stands before each change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signs {
    /// `+ ~ - -/+ > < ! ?`, for the eye.
    #[default]
    Signs,
    /// `create`, `update`, …, for whoever has the screen read out.
    Words,
}

/// What is said of a change before its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Create,
    Update,
    Delete,
    Replace,
    Adopt,
    Disown,
    Refused,
    Unknown,
    Waiting,
}

/// How wide text is at most, however wide the screen: longer lines are hard to read.
const WIDEST: usize = 100;

impl Look {
    /// Without colours, in lines of this width.
    pub const fn plain(width: usize) -> Self {
        Self { paint: Paint(false), width, detail: Detail::Usual, signs: Signs::Signs }
    }

    /// The columns that are used.
    pub(crate) fn columns(&self) -> usize {
        self.width.min(WIDEST)
    }

    /// Prose, wrapped.
    pub(crate) fn wrapped(&self, text: &str) -> String {
        self.wrapped_after(text, "")
    }

    /// Prose below a change, indented and wrapped.
    pub(crate) fn indented(&self, text: &str) -> String {
        self.wrapped_after(text, "      ")
    }

    fn wrapped_after(&self, text: &str, indent: &str) -> String {
        let room = self.columns().saturating_sub(indent.len());
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                lines.push(format!("{indent}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(format!("{indent}{line}"));
        lines.join("\n")
    }

    /// A sign with the indent that lines signs up, without colour.
    pub(crate) fn bare(&self, sign: Sign) -> String {
        let (mark, word) = match sign {
            Sign::Create => ("  +", "create"),
            Sign::Update => ("  ~", "update"),
            Sign::Delete => ("  -", "delete"),
            Sign::Replace => ("-/+", "replace"),
            Sign::Adopt => ("  >", "adopt"),
            Sign::Disown => ("  <", "disown"),
            Sign::Refused => ("  !", "refused"),
            Sign::Unknown => ("  ?", "unknown"),
            Sign::Waiting => ("  *", "waiting"),
        };
        match self.signs {
            Signs::Signs => mark.to_owned(),
            Signs::Words => format!("  {word}"),
        }
    }

    /// A sign as it is drawn.
    pub(crate) fn sign(&self, sign: Sign) -> String {
        let text = self.bare(sign);
        match sign {
            Sign::Create => self.paint.good(&text),
            Sign::Update | Sign::Adopt | Sign::Disown | Sign::Unknown | Sign::Waiting => {
                self.paint.change(&text)
            }
            Sign::Delete | Sign::Replace | Sign::Refused => self.paint.bad(&text),
        }
    }

    /// The sign before what leaves a list, and before what comes into it.
    pub(crate) fn left_and_came(&self) -> [String; 2] {
        let (left, came) = match self.signs {
            Signs::Signs => ("-", "+"),
            Signs::Words => ("without", "with"),
        };
        [self.paint.bad(left), self.paint.good(came)]
    }

    /// From one value to another.
    pub(crate) fn arrow(&self) -> &'static str {
        match self.signs {
            Signs::Signs => "->",
            Signs::Words => "becomes",
        }
    }
}
