//! Reports: one table, for a terminal, for a post, for a spreadsheet or for a program.

use crate::cli::ui::Ui;
use crate::cli::view::table::Table;
use serde_json::Value;

/// How a report is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a terminal
    #[default]
    Text,
    /// For a program
    Json,
    /// For a post or a pull request
    Markdown,
    /// For a spreadsheet
    Csv,
}

/// What every command that reports understands.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct ReportArgs {
    /// How the table is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A report: the table, what is said below it, and the same for programs.
pub struct Report {
    /// What it is about.
    pub title: String,
    /// The table.
    pub table: Table,
    /// What is said below it, a paragraph each.
    pub remarks: Vec<String>,
    /// All of it, for programs.
    pub json: Value,
}

impl ReportArgs {
    /// The same terminal, printing JSON if that was asked for here.
    pub fn of(&self, ui: &Ui) -> Ui {
        ui.printing_json(self.format == Format::Json)
    }

    /// Whether it is for a terminal, where sentences need not fit into cells.
    pub fn is_text(&self, ui: &Ui) -> bool {
        self.format == Format::Text && !ui.json
    }

    /// Prints a report. In CSV what stands below the table goes to stderr.
    pub fn print(&self, report: &Report, ui: &Ui) {
        let Report { title, table, remarks, json } = report;
        if ui.json {
            return ui.say(json.to_string());
        }
        match self.format {
            Format::Markdown => {
                ui.say(format!("**{title}**\n\n{}", table.markdown()));
                remarks.iter().for_each(|remark| ui.say(format!("\n{remark}")));
            }
            Format::Csv => {
                ui.say(table.csv());
                remarks.iter().for_each(|remark| ui.remark(remark));
            }
            Format::Text | Format::Json => {
                ui.say(format!("{}\n\n{}", ui.look.paint.strong(title), table.text(ui.look)));
                remarks.iter().for_each(|remark| ui.say(format!("\n{}", ui.look.wrapped(remark))));
            }
        }
    }
}
