//! `virtwire completions`: a shell's completions, by clap and by what clap does not know of each word.

use std::fmt::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, ValueHint};
use clap_complete::Shell;

use crate::args;
use crate::call::procedures;
use crate::fail::Fail;
use crate::screen::say_bytes;

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  virtwire completions bash > /etc/bash_completion.d/virtwire
  virtwire completions zsh > ~/.zfunc/_virtwire
  virtwire completions fish > ~/.config/fish/completions/virtwire.fish";

/// Prints a shell's completions.
pub(crate) fn run(args: &CompletionsArgs) -> Result<(), Fail> {
    say_bytes(script(args.shell).as_bytes())
}

fn script(shell: Shell) -> String {
    let mut command = hinted(args::command());
    let names: Vec<_> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    if shell != Shell::Bash {
        let named = |of: Command, id, names: Vec<String>| {
            // clap wants them for ever, and the process ends soon.
            let parser = PossibleValuesParser::new(names.into_iter().map(|name| &*name.leak()));
            of.mut_args(|arg| if arg.get_id() == id { arg.value_parser(parser.clone()) } else { arg })
        };
        command = command
            .mut_subcommand("man", |man| named(man, "command", names))
            .mut_subcommand("call", |call| named(call, "procedure", procedures()));
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "virtwire", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Bash { in_bash(&command, &script) } else { script }
}

/// What is no file is told as such: shells offer files for all of which they know nothing.
fn hinted(command: Command) -> Command {
    let hint = |arg: Arg| match (arg.get_value_hint(), file_kind(&arg)) {
        (ValueHint::AnyPath, kind) => arg.value_hint(kind),
        (ValueHint::Unknown, _) if arg.get_action().takes_values() => arg.value_hint(ValueHint::Other),
        _ => arg,
    };
    command.mut_args(hint).mut_subcommands(hinted)
}

fn file_kind(arg: &Arg) -> ValueHint {
    match arg.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str()) {
        "DIR" | "DIRECTORY" => ValueHint::DirPath,
        "PROGRAM" => ValueHint::ExecutablePath,
        _ => ValueHint::FilePath,
    }
}

/// clap's function offers options wherever a word is empty, and knows of no words but options. Another one, which asks it, has the last word.
fn in_bash(command: &Command, by_clap: &str) -> String {
    let (mut wants, mut below) = (String::new(), String::new());
    each(command, "", &mut |path, of| {
        // Writing into memory does not fail.
        let _ = writeln!(wants, "        \"{path}\") {} ;;", wanted(command, of, path));
        if of.has_subcommands() {
            let names: Vec<_> = of.get_subcommands().map(Command::get_name).collect();
            let _ = writeln!(below, "        \"{path}\") echo \"{}\" ;;", names.join(" "));
        }
    });
    let words = include_str!("completions/words.bash");
    let by_clap = by_clap.replace("complete -F _virtwire -", "complete -F _virtwire_words -");
    let (functions, registered) = by_clap.rsplit_once("\nif [[").unwrap_or((&by_clap, ""));
    format!(
        "{functions}{words}
# What the words behind a command are, and which of its options have a value.
_virtwire_wants() {{
    wants=()
    more=\"\"
    valued=\"\"
    case \"$1\" in
{wants}    esac
}}

_virtwire_below() {{
    case \"$1\" in
{below}    esac
}}

_virtwire_procedures() {{
    echo \"{}\"
}}

if [[{registered}",
        procedures().join(" ")
    )
}

/// Looks at each command, with the words that lead to it.
fn each(of: &Command, path: &str, look: &mut impl FnMut(&str, &Command)) {
    look(path, of);
    for below in of.get_subcommands() {
        each(below, &format!("{path} {}", below.get_name()), look);
    }
}

/// Of a command, as bash's variables.
fn wanted(root: &Command, of: &Command, path: &str) -> String {
    let globals = root.get_arguments().filter(|option| option.is_global_set());
    let options = of.get_arguments().chain(globals).filter(|option| option.get_action().takes_values());
    let mut valued = String::from(" ");
    for option in options {
        let short = option.get_short().map(|short| format!("-{short} ")).unwrap_or_default();
        let long = option.get_long().map(|long| format!("--{long} ")).unwrap_or_default();
        valued += &(short + &long);
    }
    let words: Vec<&Arg> = of.get_positionals().collect();
    let mut kinds: Vec<_> = words.iter().map(|word| kind(path, word)).collect();
    // The first may be missing, and this one stand in its place.
    if of.is_allow_missing_positional_set() && kinds.get(1) == Some(&"file") {
        kinds[0] = "file";
    }
    if of.has_subcommands() {
        kinds = vec!["command"];
    }
    let is_many = |word: &&&Arg| word.get_num_args().is_some_and(|count| count.max_values() > 1);
    let more = if words.last().filter(is_many).is_some() { " more=1" } else { "" };
    let choices: Vec<_> = words
        .iter()
        .flat_map(|word| word.get_possible_values())
        .map(|choice| choice.get_name().to_owned())
        .collect();
    let choices =
        if choices.is_empty() { String::new() } else { format!(" choices=\"{}\"", choices.join(" ")) };
    format!("wants=({}) valued=\"{valued}\"{more}{choices}", kinds.join(" "))
}

/// What bash is to offer for a word.
fn kind(path: &str, word: &Arg) -> &'static str {
    match (path, word.get_id().as_str()) {
        (" man", "command") => "page",
        (" call", "procedure") => "procedure",
        _ if !word.get_possible_values().is_empty() => "choice",
        _ => match word.get_value_hint() {
            ValueHint::FilePath | ValueHint::DirPath | ValueHint::ExecutablePath => "file",
            _ => "other",
        },
    }
}
