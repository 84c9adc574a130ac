//! `virtwire man`: the pages that a package installs beside the command, made from its own arguments.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use crate::args;
use crate::fail::{Fail, plain};
use crate::screen::{say_bytes, say_done};

#[derive(Debug, Args)]
#[command(after_help = MAN)]
pub(crate) struct ManArgs {
    /// The command, such as `vol upload`; without it, virtwire itself
    command: Vec<String>,
    /// Write the pages of all commands into this directory instead
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

const MAN: &str = "\
Examples:
  virtwire man vol upload | man -l -
  virtwire man --directory /usr/local/share/man/man1";

/// Prints a page, or writes them all.
pub(crate) fn manual(args: &ManArgs) -> Result<(), Fail> {
    let mut root = args::command().disable_help_subcommand(true);
    // Gives each command its full name.
    root.build();
    if let Some(directory) = &args.directory {
        let written = write_all(&root, directory).map_err(|error| {
            Fail::new(
                format!("directory {}", directory.display()),
                format!("cannot be written: {}", plain(&error)),
                "give a directory that exists and can be written",
            )
        })?;
        return say_done(&format!("wrote {written} manual pages into {}", directory.display()));
    }
    let found = args.command.iter().try_fold(&root, |command, name| command.find_subcommand(name));
    match found {
        Some(command) => say_bytes(page(command).as_bytes()),
        None => Err(Fail::new(
            format!("command {}", args.command.join(" ")),
            "there is no such command",
            "`virtwire --help` shows those that there are",
        )),
    }
}

/// Writes a command's page and those of the commands below it, each under its full name. Returns how many.
fn write_all(command: &Command, directory: &Path) -> io::Result<usize> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    fs::write(directory.join(format!("{name}.1")), page(command))?;
    command.get_subcommands().try_fold(1, |written, below| Ok(written + write_all(below, directory)?))
}

/// A page for `man`. What is not ASCII is written as groff names it: the page says of no encoding that it has it.
fn page(command: &Command) -> String {
    let source = concat!("virtwire ", env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    // Writing into memory does not fail.
    let _ = render(&Man::new(command.clone()).source(source).manual("virtwire"), command, &mut page);
    let named = |letter: char| match letter.is_ascii() {
        true => letter.to_string(),
        false => format!("\\[u{:04X}]", u32::from(letter)),
    };
    String::from_utf8_lossy(&page).chars().map(named).collect()
}

/// The sections of a page. The synopsis is the usage line of the help: that of the page's maker takes options that have to be given
/// for placeholders, as in `<--from>`.
fn render(man: &Man, command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    let usage = command.clone().render_usage().to_string();
    let usage =
        usage.strip_prefix("Usage: ").unwrap_or(&usage).split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(page, ".SH SYNOPSIS\n{}", usage.replace('\\', "\\\\").replace('-', "\\-"))?;
    man.render_description_section(page)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    render_rest(command, page)?;
    if command.get_version().is_some() { man.render_version_section(page) } else { Ok(()) }
}

/// What the help says behind its options, in the sections where readers of manual pages look for it. Its paragraphs are told apart by
/// how they begin.
fn render_rest(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let rest = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let of = |paragraph: &str| match paragraph {
        text if text.starts_with("Exit status") => "EXIT STATUS",
        text if text.starts_with("Example") => "EXAMPLES",
        _ => "NOTES",
    };
    for section in ["EXIT STATUS", "NOTES", "EXAMPLES"] {
        let paragraphs: Vec<_> = rest.split("\n\n").filter(|paragraph| of(paragraph) == section).collect();
        if paragraphs.is_empty() || rest.is_empty() {
            continue;
        }
        writeln!(page, ".SH \"{section}\"")?;
        for paragraph in paragraphs {
            let text = ["Exit status: ", "Examples:\n", "Example:\n"]
                .into_iter()
                .find_map(|heading| paragraph.strip_prefix(heading))
                .unwrap_or(paragraph);
            writeln!(page, ".PP")?;
            let mut as_it_stands = false;
            for line in text.lines() {
                if line.starts_with(' ') != as_it_stands {
                    as_it_stands = !as_it_stands;
                    writeln!(page, "{}", if as_it_stands { ".nf" } else { ".fi" })?;
                }
                writeln!(page, "{}", source(line))?;
            }
            if as_it_stands {
                writeln!(page, ".fi")?;
            }
        }
    }
    Ok(())
}

/// A line of text as groff reads it.
fn source(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    // It would be a request to groff.
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
