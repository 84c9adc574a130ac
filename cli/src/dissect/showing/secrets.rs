//! Secrets within what is shown: passwords, cookies of disks and secrets of QEMU's in domain XML, and what commands for QEMU and for guests'
//! agents say.

use std::ops::Range;

use super::tree::Tree;

/// What stands in a secret's place.
const HIDDEN: &str = "(hidden)";

/// Takes secrets out of every text of a tree: the values of `passwd` and `password`, what is within `<cookie>`, and the `data` of QEMU's
/// secret objects.
pub(super) fn hide(tree: &mut Tree) {
    match tree {
        Tree::Text(text) if mentions_password(text.as_bytes()) => *text = without_secrets(text),
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

/// Whether bytes have a word that passwords stand behind, or the like of them: cookies, the data of secrets.
pub(super) fn mentions_password(bytes: &[u8]) -> bool {
    mentions(bytes, b"passw")
        || mentions(bytes, b"<cookie")
        || (mentions(bytes, b"data")
            && (mentions(bytes, b"secret,") || (mentions(bytes, b"qom-type") && mentions(bytes, b"secret"))))
}

/// Whether a command for QEMU's monitor or a guest's agent is about passwords or other secrets.
pub(super) fn is_secret_command(command: &[u8]) -> bool {
    mentions_password(command) || mentions(command, b"secret")
}

fn mentions(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|bytes| bytes.eq_ignore_ascii_case(word))
}

fn without_secrets(text: &str) -> String {
    let text = without(text, password);
    let text = without(&text, cookie);
    if is_about_secret_objects(&text.to_ascii_lowercase()) { without(&text, data) } else { text }
}

/// A text without what is found in it, which is looked for from where the last one ended; `next` has the text in small letters, too.
fn without(text: &str, next: fn(&str, &str, usize) -> Option<Range<usize>>) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(secret) = next(text, &lower, done) {
        out.push_str(&text[done..secret.start]);
        out.push_str(HIDDEN);
        done = secret.end;
    }
    out.push_str(&text[done..]);
    out
}

/// The next password.
fn password(text: &str, lower: &str, mut from: usize) -> Option<Range<usize>> {
    while let Some(found) = lower.get(from..)?.find("passw") {
        let name = from + found;
        let word = ["passwd", "password"].into_iter().find(|word| lower[name..].starts_with(word));
        from = name + word.map_or("passw".len(), str::len);
        if let Some(value) = word.and_then(|_| Value::behind(text, from)) {
            return Some(value.range(text));
        }
    }
    None
}

/// What is within the next `<cookie>`, which libvirt itself shows only to those who may see secrets.
fn cookie(_: &str, lower: &str, mut from: usize) -> Option<Range<usize>> {
    const TAG: &str = "<cookie";
    while let Some(found) = lower.get(from..)?.find(TAG) {
        from += found + TAG.len();
        if !lower[from..].starts_with(|c: char| c.is_whitespace() || c == '>') {
            continue;
        }
        let start = from + lower[from..].find('>')? + 1;
        from = start;
        // Nothing is within `<cookie/>`.
        if !lower[..start].ends_with("/>") {
            let length = lower[start..].find("</cookie").unwrap_or(lower.len() - start);
            return Some(start..start + length);
        }
    }
    None
}

/// Whether there are objects for QEMU that hold a secret: `secret,id=…`, or of that `qom-type`.
fn is_about_secret_objects(lower: &str) -> bool {
    let kind = |at| Value::behind(lower, at).is_some_and(|value| lower[value.start..].starts_with("secret"));
    lower.contains("secret,") || lower.match_indices("qom-type").any(|(at, word)| kind(at + word.len()))
}

/// The next value that is called `data`.
fn data(text: &str, lower: &str, mut from: usize) -> Option<Range<usize>> {
    const NAME: &str = "data";
    while let Some(found) = lower.get(from..)?.find(NAME) {
        let name = from + found;
        from = name + NAME.len();
        // Not the end of another name.
        if lower[..name].ends_with(|c: char| c.is_alphanumeric() || "-_.".contains(c)) {
            continue;
        }
        if let Some(value) = Value::behind(text, from) {
            return Some(value.range(text));
        }
    }
    None
}

/// What a name is given: `name=value`, the value quoted or not, or JSON's `"name": "value"`; also where XML has the quotes in its own words.
struct Value {
    start: usize,
    /// What ends it, where it is quoted.
    quote: Option<&'static str>,
    is_json: bool,
}

impl Value {
    /// That of the name that ends there.
    fn behind(text: &str, end_of_name: usize) -> Option<Value> {
        let rest = text.get(end_of_name..)?;
        let (value, is_json) = match rest.trim_start().strip_prefix('=') {
            Some(value) => (value, false),
            None => (unquoted(rest)?.1.trim_start().strip_prefix(':')?, true),
        };
        let value = value.trim_start();
        let (quote, value) = unquoted(value).map_or((None, value), |(quote, value)| (Some(quote), value));
        // JSON's other values are no texts.
        (quote.is_some() || !is_json).then_some(Value { start: text.len() - value.len(), quote, is_json })
    }

    fn range(&self, text: &str) -> Range<usize> {
        let value = &text[self.start..];
        let length = match self.quote {
            Some(quote) if self.is_json => end_of_json(value, quote),
            Some(quote) => value.find(quote).unwrap_or(value.len()),
            None => end_of_word(value),
        };
        self.start..self.start + length
    }
}

/// The quote that a text begins with, and the rest.
fn unquoted(text: &str) -> Option<(&'static str, &str)> {
    const QUOTES: [&str; 8] = ["'", "\"", "&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;"];
    QUOTES.into_iter().find_map(|quote| Some((quote, text.strip_prefix(quote)?)))
}

/// How long a text of JSON's is, in which a backslash may be before a quote.
fn end_of_json(text: &str, quote: &str) -> usize {
    let mut rest = text;
    while !rest.is_empty() && !rest.starts_with(quote) {
        let escaped = rest.strip_prefix('\\');
        let at = escaped.unwrap_or(rest);
        let quoted = escaped.and_then(|text| text.strip_prefix(quote));
        rest = quoted.unwrap_or_else(|| at.get(at.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""));
    }
    text.len() - rest.len()
}

/// How long a value without quotes is. A comma that is to be part of one is doubled for QEMU, and XML has words and numbers for characters.
fn end_of_word(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || ",;&<>'\"".contains(c);
    let mut rest = text;
    while let Some(at) = rest.find(ends) {
        rest = &rest[at..];
        match rest.strip_prefix(",,").or_else(|| behind_reference(rest)) {
            Some(behind) => rest = behind,
            None => return text.len() - rest.len(),
        }
    }
    text.len()
}

/// What is behind a character that XML has a word or a number for.
fn behind_reference(text: &str) -> Option<&str> {
    /// As in `&#x10FFFF;`.
    const NAME_BYTES_MAX: usize = 8;
    let name = text.strip_prefix('&')?;
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let length = name.bytes().take(NAME_BYTES_MAX).take_while(is_of_name).count();
    name.get(length..)?.strip_prefix(';').filter(|_| length > 0)
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
        // A comma and an ampersand within one, as QEMU and XML want them.
        check(
            "<qemu:arg value='password=a,,b&amp;c,port=1'/>",
            "<qemu:arg value='password=(hidden),port=1'/>",
        );
        // As Go's encoder writes quotes.
        check(
            "<qemu:arg value='{&#34;qom-type&#34;:&#34;secret&#34;,&#34;data&#34;:&#34;s3cretX&#34;}'/>",
            "<qemu:arg value='{&#34;qom-type&#34;:&#34;secret&#34;,&#34;data&#34;:&#34;(hidden)&#34;}'/>",
        );
        check("value='port=1,password=it&#39;s,a=b'", "value='port=1,password=(hidden),a=b'");
        check("{&#x22;password&#x22;: &#x22;hush&#x22;}", "{&#x22;password&#x22;: &#x22;(hidden)&#x22;}");
        check("?password=hush&user=me", "?password=(hidden)&user=me");
        check(
            r#"{"user": "me", "password": "hu\"sh\\", "password": 1}"#,
            r#"{"user": "me", "password": "(hidden)", "password": 1}"#,
        );
        // What libvirt itself hides in the configuration of a disk.
        check(
            "<cookies>\n<cookie name='tok'>s3cretE</cookie><Cookie  name='b'>s3cretF</COOKIE></cookies>",
            "<cookies>\n<cookie name='tok'>(hidden)</cookie><Cookie  name='b'>(hidden)</COOKIE></cookies>",
        );
        check("<cookie>a<b>c</cookie>d", "<cookie>(hidden)</cookie>d");
        check("<cookie name='a'/><cookie name='b'>never ends", "<cookie name='a'/><cookie name='b'>(hidden)");
        check("<cookies/><cookie", "<cookies/><cookie");
        // What is for QEMU itself.
        check(
            "<qemu:arg value='-object'/><qemu:arg value='secret,id=s0,data=s3cretZ,format=raw'/>",
            "<qemu:arg value='-object'/><qemu:arg value='secret,id=s0,data=(hidden),format=raw'/>",
        );
        check("<a v='id=s0,data=a,,b,qom-type=secret'/>", "<a v='id=s0,data=(hidden),qom-type=secret'/>");
        check(
            r#"{"qom-type": "secret", "id": "s0", "data": "s3c\"ret", "metadata": "m"}"#,
            r#"{"qom-type": "secret", "id": "s0", "data": "(hidden)", "metadata": "m"}"#,
        );
        check(
            r"{&quot;data&quot;:&quot;s3c\&quot;ret&quot;,&quot;qom-type&quot;:&quot;secret&quot;}",
            "{&quot;data&quot;:&quot;(hidden)&quot;,&quot;qom-type&quot;:&quot;secret&quot;}",
        );
        let disk = "<source name='data'/><qemu:arg value='file,data=x,qom-type=file,key-secret=s'/>";
        check(disk, disk);
        // So many that each may be looked for only from where the one before it ended.
        check(&"passwd=a ".repeat(400_000), &"passwd=(hidden) ".repeat(400_000));
        check(&"<cookie>a</cookie>".repeat(400_000), &"<cookie>(hidden)</cookie>".repeat(400_000));
        check(&"secret,data=a ".repeat(400_000), &"secret,data=(hidden) ".repeat(400_000));
        for odd in ["<cookie ", "qom-type=data=", "qom-type='data "] {
            let odd = odd.repeat(400_000) + "secret";
            check(&odd, &odd);
        }
    }

    #[test]
    fn bytes_that_mention_one_are_not_shown() {
        for bytes in [
            "<qemu-migration passwd='hush'/>",
            "<cookie name='tok'>hush</cookie",
            "-object secret,id=s,data=hush..",
            r#"{"qom-type":"secret","data":"h"#,
        ] {
            let mut tree = Tree::Bytes(bytes.into());
            hide(&mut tree);
            let told = format!("({} bytes", bytes.len());
            assert!(matches!(&tree, Tree::Word(word) if word.starts_with(&told)), "{tree:?}");
        }
        let mut other = Tree::Bytes(b"a secret, and <cooked".to_vec());
        hide(&mut other);
        assert!(matches!(other, Tree::Bytes(_)), "{other:?}");
    }
}
