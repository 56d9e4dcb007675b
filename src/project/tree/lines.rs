//! From byte offsets to lines and columns.

use crate::project::problem::{Position, Range};
use std::sync::Arc;

/// A text and where its lines begin.
pub(crate) struct Lines<'a> {
    file: Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(file: Arc<str>, text: &'a str) -> Self {
        let starts = std::iter::once(0);
        let starts = starts.chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts }
    }

    /// The place of a byte offset.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = self.text.get(self.starts[line - 1]..offset).unwrap_or_default();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: count(line), column: count(before.chars().count() + 1), offset }
    }

    /// The stretch between two byte offsets.
    pub(crate) fn range(&self, start: usize, end: usize) -> Range {
        let (start, end) = (self.position(start), self.position(end));
        Range { file: self.file.clone(), start, end }
    }

    /// The byte offset of a line and column, both counted from 1.
    pub(crate) fn offset(&self, line: u64, column: u64) -> usize {
        let number = usize::try_from(line).unwrap_or(1).max(1);
        let Some(&start) = self.starts.get(number - 1) else { return self.text.len() };
        let column = usize::try_from(column).unwrap_or(1).max(1);
        let inside = self.text[start..].char_indices().nth(column - 1);
        inside.map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The line that a byte offset is in, and where that line begins.
    pub(crate) fn line_at(&self, offset: usize) -> (usize, &'a str) {
        let start = self.starts[self.starts.partition_point(|start| *start <= offset).max(1) - 1];
        (start, self.text[start..].lines().next().unwrap_or_default())
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }
}
