//! Words for a shell on another host, which sees them after the user's login shell there has seen them.

/// A word as a shell has to be given it: in quotes, unless nothing in it could mean something else.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,+@%=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A word within a script that stands itself in single quotes: `sh -c '… WORD …'`. The word closes the script's quotes and opens them
/// again, as libvirt's own clients do it.
pub(super) fn within_quotes(word: &str) -> String {
    format!("'{}'", quoted(&quoted(word)))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// As libvirt 9.0 writes them.
    #[test]
    fn words_are_quoted_as_libvirt_quotes_them() {
        assert_eq!(within_quotes("qemu:///system"), "'qemu:///system'");
        assert_eq!(within_quotes("/my nc"), r"'''\''/my nc'\''''");
        assert_eq!(within_quotes(""), r"'''\'''\''''");
        assert_eq!(within_quotes("qemu:///a'b $c"), r"'''\''qemu:///a'\''\'\'''\''b $c'\''''");
    }

    /// A real shell hands the inner one exactly the word, whatever is in it.
    #[test]
    fn two_shells_leave_a_word_as_it_was() {
        for word in [
            "", "a", "a b", "a'b", "''", "$HOME", "`id`", "\"", "\\", "a\nb", "!x", "~", "*", "-n", "ü", "#",
            "{a,b}",
        ] {
            let command = format!("sh -c 'printf %s {}'", within_quotes(word));
            let printed = Command::new("sh").arg("-c").arg(&command).output().unwrap();
            assert_eq!(String::from_utf8(printed.stdout).unwrap(), word, "{command}");
        }
    }
}
