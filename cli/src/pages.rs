//! `virtwire completions` and `virtwire man`: what a package installs beside the command, made from its own arguments.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::fail::{Fail, plain};
use crate::screen::{say_bytes, say_done};

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = MAN)]
pub(crate) struct ManArgs {
    /// The command, such as `vol upload`; without it, virtwire itself
    command: Vec<String>,
    /// Write the pages of all commands into this directory instead
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "command")]
    directory: Option<PathBuf>,
}

const COMPLETIONS: &str = "\
Examples:
  virtwire completions bash > /etc/bash_completion.d/virtwire
  virtwire completions zsh > ~/.zfunc/_virtwire
  virtwire completions fish > ~/.config/fish/completions/virtwire.fish";

const MAN: &str = "\
Examples:
  virtwire man vol upload | man -l -
  virtwire man --directory /usr/local/share/man/man1";

/// Prints a shell's completions.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Fail> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "virtwire", &mut script);
    say_bytes(&script)
}

/// Prints a page, or writes them all.
pub(crate) fn manual(args: &ManArgs) -> Result<(), Fail> {
    let mut root = Cli::command();
    // Gives each command its full name.
    root.build();
    if let Some(directory) = &args.directory {
        clap_mangen::generate_to(root, directory).map_err(|error| {
            Fail::new(
                format!("directory {}", directory.display()),
                format!("cannot be written: {}", plain(&error)),
                "give a directory that exists and can be written",
            )
        })?;
        return say_done(&format!("wrote the manual pages into {}", directory.display()));
    }
    let mut page = Vec::new();
    let found = args.command.iter().try_fold(&root, |command, name| command.find_subcommand(name));
    let Some(command) = found else {
        return Err(Fail::new(
            format!("command {}", args.command.join(" ")),
            "there is no such command",
            "`virtwire --help` shows those that there are",
        ));
    };
    // Writing into memory does not fail.
    let _ = Man::new(command.clone()).render(&mut page);
    say_bytes(&page)
}
