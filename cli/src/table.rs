//! A table for people: columns as wide as what is in them.

use unicode_width::UnicodeWidthStr;

use crate::fail::Fail;
use crate::harmless;
use crate::screen::say;

/// Rows under headings.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Column {
    heading: &'static str,
    side: Side,
}

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    /// Numbers, so that they can be compared.
    Right,
}

/// A name that is longer pushes the rest of its row.
const WIDTH_MAX: usize = 40;

impl Table {
    pub(crate) fn new(columns: &[(&'static str, Side)]) -> Table {
        let columns = columns.iter().map(|(heading, side)| Column { heading, side: *side }).collect();
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row: a cell for each column. What is not known is a dash.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Option<String>>) {
        let cells =
            cells.into_iter().map(|cell| cell.map_or_else(|| "-".to_owned(), |text| harmless::line(&text)));
        self.rows.push(cells.collect());
    }

    /// Prints it; without rows, the headings alone.
    pub(crate) fn print(&self) -> Result<(), Fail> {
        self.lines().iter().try_for_each(|line| say(line))
    }

    fn lines(&self) -> Vec<String> {
        let headings = self.columns.iter().map(|column| column.heading.to_owned()).collect();
        let rows = || std::iter::once(&headings).chain(&self.rows);
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let widths = rows().filter_map(|row| row.get(at)).map(|cell| cell.width());
                widths.filter(|width| *width <= WIDTH_MAX).max().unwrap_or(0)
            })
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&self.columns).zip(&widths).map(|((cell, column), width)| {
                // Some characters take two columns, some none.
                let room = " ".repeat(width.saturating_sub(cell.width()));
                match column.side {
                    Side::Left => format!("{cell}{room}"),
                    Side::Right => format!("{room}{cell}"),
                }
            });
            format!(" {}", cells.collect::<Vec<_>>().join("   ")).trim_end().to_owned()
        };
        rows().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&[("Name", Side::Left), ("Size", Side::Right), ("State", Side::Left)]);
        table.row([Some("a long name".into()), Some("1 B".into()), Some("off".into())]);
        table.row([Some("b".into()), None, Some("on".into())]);
        let lines = table.lines();
        assert_eq!(
            lines,
            [" Name          Size   State", " a long name    1 B   off", " b                -   on"]
        );
    }

    #[test]
    fn a_wide_character_takes_two_columns_and_an_accent_none() {
        let mut table = Table::new(&[("Name", Side::Left), ("Size", Side::Right)]);
        table.row([Some("客人".into()), Some("1 B".into())]);
        table.row([Some("e\u{301}".into()), Some("二".into())]);
        assert_eq!(table.lines(), [" Name   Size", " 客人    1 B", " e\u{301}        二"]);
    }
}
