//! Options between the words of a command that may do without its first: clap takes the word before an option for the last one then. So
//! they go before all of them, where they mean the same.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The words, with the options of such a command in front of its other words. What makes no sense stays where it is, and clap tells of it.
pub(super) fn options_first(command: &Command, words: Vec<OsString>) -> Vec<OsString> {
    let mut rest = words.iter().enumerate().skip(1);
    let mut of = command;
    while let Some((at, word)) = rest.next() {
        match options(command, of, word) {
            _ if word == "--" => return words,
            Some(Takes::Next) => drop(rest.next()),
            Some(Takes::Nothing) => {}
            None => match word.to_str().and_then(|name| of.find_subcommand(name)) {
                Some(below) if below.has_subcommands() => of = below,
                Some(below) if below.is_allow_missing_positional_set() => {
                    let (before, behind) = words.split_at(at + 1);
                    return match sorted(command, below, behind) {
                        Some(sorted) => before.iter().cloned().chain(sorted).collect(),
                        None => words,
                    };
                }
                _ => return words,
            },
        }
    }
    words
}

/// Options, and what is none; `None` where an option lacks its value.
fn sorted(root: &Command, of: &Command, words: &[OsString]) -> Option<Vec<OsString>> {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut rest = words.iter().cloned();
    while let Some(word) = rest.next() {
        if word == "--" {
            last.push(word);
            last.extend(rest.by_ref());
            break;
        }
        match options(root, of, &word) {
            None => last.push(word),
            Some(Takes::Nothing) => first.push(word),
            Some(Takes::Next) => first.extend([word, rest.next()?]),
        }
    }
    first.append(&mut last);
    Some(first)
}

/// What a word that is an option has behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// Its value.
    Next,
}

/// What the word takes; `None` if it is no option.
fn options(root: &Command, of: &Command, word: &OsStr) -> Option<Takes> {
    let text = word.to_string_lossy();
    let known = || of.get_arguments().chain(root.get_arguments().filter(|option| option.is_global_set()));
    let takes_value = |option: &Arg| option.get_action().takes_values();
    if let Some(long) = text.strip_prefix("--") {
        // Also what has its value behind an equals sign, and is no name then.
        let takes = known().any(|option| option.get_long() == Some(long) && takes_value(option));
        return Some(if takes { Takes::Next } else { Takes::Nothing });
    }
    let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
    // What stands behind one that takes a value is that.
    let first = letters
        .char_indices()
        .find(|(_, letter)| known().any(|option| option.get_short() == Some(*letter) && takes_value(option)));
    Some(match first {
        Some((at, letter)) if at + letter.len_utf8() == letters.len() => Takes::Next,
        _ => Takes::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::super::{command, parse};

    /// Each command that has several words, with an option before, between and behind them.
    #[test]
    fn options_stand_wherever_they_like() {
        let mut tried = Vec::new();
        each(&command(), &mut vec!["virtwire".to_owned()], &mut |path, of| {
            let words: Vec<_> = of
                .get_positionals()
                .filter(|word| word.get_num_args().is_none_or(|n| n.max_values() <= 1))
                .collect();
            if words.len() < 2 {
                return;
            }
            tried.push(path.join(" "));
            for option in [&["--connect-timeout", "5"][..], &["--connect-timeout=5"], &["-r"]] {
                for at in 0..=words.len() {
                    let mut typed = path.to_vec();
                    let mut values = vec!["x"; words.len()];
                    values.splice(at..at, option.iter().copied());
                    typed.extend(values.into_iter().map(str::to_owned));
                    // Some want an option of their own, too.
                    if let Err(error) = parse(&typed)
                        && error.kind() != ErrorKind::MissingRequiredArgument
                    {
                        panic!("{typed:?}: {error}");
                    }
                }
            }
        });
        for command in [
            "job",
            "undefine",
            "define",
            "console",
            "screenshot",
            "net info",
            "pool start",
            "vol list",
            "vol upload",
        ] {
            assert!(tried.contains(&format!("virtwire {command}")), "{command}: {tried:?}");
        }
    }

    fn each(of: &clap::Command, path: &mut Vec<String>, look: &mut impl FnMut(&[String], &clap::Command)) {
        look(path, of);
        for below in of.get_subcommands() {
            path.push(below.get_name().to_owned());
            each(below, path, look);
            path.pop();
        }
    }

    #[test]
    fn what_an_option_says_stays_with_it() {
        for (typed, sorted) in [
            ("job URI --abort web1", "job --abort URI web1"),
            ("-r job URI --speed 5 web1", "-r job --speed 5 URI web1"),
            (
                "--connect-timeout 5 job URI --speed=5 web1 --abort",
                "--connect-timeout 5 job --speed=5 --abort URI web1",
            ),
            ("screenshot URI -o - web1", "screenshot -o - URI web1"),
            ("screenshot URI -o- web1", "screenshot -o- URI web1"),
            ("screenshot URI -ro FILE web1", "screenshot -ro FILE URI web1"),
            ("define URI -r -", "define -r URI -"),
            ("net info URI --json -- -n", "net info --json URI -- -n"),
            // It lacks its value.
            ("job URI web1 --speed", "job URI web1 --speed"),
            // Of others nothing is moved.
            ("call URI --json x y", "call URI --json x y"),
            ("-- job URI --abort web1", "-- job URI --abort web1"),
        ] {
            let words =
                |text: &str| format!("virtwire {text}").split(' ').map(Into::into).collect::<Vec<_>>();
            assert_eq!(super::options_first(&command(), words(typed)), words(sorted), "{typed}");
        }
    }
}
