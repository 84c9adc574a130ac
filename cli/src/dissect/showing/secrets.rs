//! Passwords within what is shown: in domain XML, in commands for QEMU and for guests' agents.

use super::tree::Tree;

/// What stands in a password's place.
const HIDDEN: &str = "(hidden)";

/// Takes passwords out of every text of a tree: the values of `passwd=` and `password=`, quoted or not.
pub(super) fn hide(tree: &mut Tree) {
    match tree {
        Tree::Text(text) => {
            if let Some(hidden) = without_passwords(text) {
                *text = hidden;
            }
        }
        Tree::Bytes(bytes) if mentions_password(bytes) => {
            *tree = Tree::Word(format!(
                "({} bytes, not shown: a password is in there; --secrets shows them)",
                bytes.len()
            ));
        }
        Tree::List(items) => items.iter_mut().for_each(hide),
        Tree::Record(fields) => fields.iter_mut().for_each(|(_, value)| hide(value)),
        Tree::Arm(_, inner) => hide(inner),
        _ => {}
    }
}

/// Whether bytes have a word that passwords stand behind.
pub(super) fn mentions_password(bytes: &[u8]) -> bool {
    bytes.windows(5).any(|word| word.eq_ignore_ascii_case(b"passw"))
}

/// Whether a command for QEMU's monitor or a guest's agent is about passwords or other secrets.
pub(super) fn is_secret_command(command: &[u8]) -> bool {
    mentions_password(command) || command.windows(6).any(|word| word.eq_ignore_ascii_case(b"secret"))
}

fn without_passwords(text: &str) -> Option<String> {
    if !mentions_password(text.as_bytes()) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = value_of_password(text, &lower, done) {
        let value = &text[at..];
        out.push_str(&text[done..at]);
        let (quote, length) = match value.chars().next() {
            Some(quote @ ('\'' | '"')) => {
                (Some(quote), value[1..].find(quote).unwrap_or(value.len() - 1) + 1)
            }
            _ => (
                None,
                value.find(|c: char| c.is_whitespace() || ",;&<>'\"".contains(c)).unwrap_or(value.len()),
            ),
        };
        out.extend(quote);
        out.push_str(HIDDEN);
        done = text.len().min(at + length);
    }
    out.push_str(&text[done..]);
    Some(out)
}

/// Where the value of the next attribute begins that is a password. `lower` is the same text in small letters.
fn value_of_password(text: &str, lower: &str, mut from: usize) -> Option<usize> {
    while let Some(found) = lower.get(from..)?.find("passw") {
        let name = from + found;
        let word = ["passwd", "password"].into_iter().find(|word| lower[name..].starts_with(word));
        from = name + word.map_or("passw".len(), str::len);
        if word.is_none() {
            continue;
        }
        let behind = &text[from..];
        let Some(value) = behind.trim_start().strip_prefix('=') else { continue };
        return Some(text.len() - value.trim_start().len());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut tree = Tree::List(vec![Tree::Text(text.to_owned())]);
        hide(&mut tree);
        assert_eq!(tree, Tree::List(vec![Tree::Text(expected.to_owned())]));
    }

    #[test]
    fn passwords_go_and_the_rest_stays() {
        check(
            "<graphics type='vnc' passwd='hush' passwdValidTo='2030-01-01'/>\n<graphics passwd = \"é'x\" port='1'/>",
            "<graphics type='vnc' passwd='(hidden)' passwdValidTo='2030-01-01'/>\n<graphics passwd = \"(hidden)\" port='1'/>",
        );
        check(
            "<qemu:arg value='spice,password=hush,port=1'/>",
            "<qemu:arg value='spice,password=(hidden),port=1'/>",
        );
        check("PASSWD=a Password=b", "PASSWD=(hidden) Password=(hidden)");
        check("<a passwd='never ends", "<a passwd='(hidden)");
        check("passwd", "passwd");
        check("password of root: passwords=", "password of root: passwords=");
        check("ünpasswd=ü", "ünpasswd=(hidden)");
        check("passwd=", "passwd=(hidden)");
        // So many that each may be looked for only from where the one before it ended.
        check(&"passwd=a ".repeat(400_000), &"passwd=(hidden) ".repeat(400_000));
    }

    #[test]
    fn bytes_that_mention_one_are_not_shown() {
        let mut tree = Tree::Bytes(b"<qemu-migration passwd='hush'/>".to_vec());
        hide(&mut tree);
        assert!(matches!(&tree, Tree::Word(word) if word.starts_with("(31 bytes")), "{tree:?}");
    }
}
