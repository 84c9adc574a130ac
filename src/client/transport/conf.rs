//! The syntax of libvirt's configuration files: `key = value`, a value being a number, a quoted text or a list of values.

/// Lists in lists in lists; more is no file of settings.
const DEPTH_MAX: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    List(Vec<Value>),
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1.
    pub(super) line: usize,
    pub(super) reason: &'static str,
}

/// Reads a file's entries in their order. Of a key that is there twice the first counts, as for libvirt.
pub(super) fn read(text: &str) -> Result<Vec<(String, Value)>, Fault> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut entries: Vec<(String, Value)> = Vec::new();
    loop {
        reader.skip(char::is_whitespace);
        if reader.rest.is_empty() {
            return Ok(entries);
        }
        let key = reader.take(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')).to_owned();
        if key.is_empty() {
            return Err(reader.fault("a key was expected"));
        }
        reader.skip(is_blank);
        if !reader.eat("=") {
            return Err(reader.fault("a key without ="));
        }
        reader.skip(is_blank);
        let value = reader.value(0)?;
        reader.skip(is_blank);
        if !(reader.rest.is_empty() || reader.rest.starts_with(['\n', '\r', ';'])) {
            return Err(reader.fault("something follows the value"));
        }
        reader.eat(";");
        if !entries.iter().any(|(known, _)| *known == key) {
            entries.push((key, value));
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Reader<'t> {
    fn fault(&self, reason: &'static str) -> Fault {
        Fault { line: self.line, reason }
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Skips these characters, and comments among them.
    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        loop {
            self.take(&wanted);
            if !self.rest.starts_with('#') {
                return;
            }
            self.take(|c| c != '\n');
        }
    }

    /// Within so many lists.
    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > DEPTH_MAX {
            return Err(self.fault("too many lists in lists"));
        }
        if self.eat("[") {
            return self.list(depth + 1).map(Value::List);
        }
        if self.rest.starts_with(['"', '\'']) {
            return self.text().map(Value::Text);
        }
        let number = self.take(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
        number
            .parse()
            .map(Value::Number)
            .map_err(|_| self.fault("a value is a number, a text in quotes or a list"))
    }

    /// After its bracket.
    fn list(&mut self, depth: usize) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        loop {
            self.skip(char::is_whitespace);
            if self.eat("]") {
                return Ok(values);
            }
            values.push(self.value(depth)?);
            self.skip(char::is_whitespace);
            if !self.eat(",") && !self.rest.starts_with(']') {
                return Err(self.fault("a list's values are separated by commas, and it ends with ]"));
            }
        }
    }

    /// In quotes; nothing within them is special. Three double quotes hold several lines.
    fn text(&mut self) -> Result<String, Fault> {
        for quote in ["\"\"\"", "\"", "'"] {
            if !self.eat(quote) {
                continue;
            }
            let end = self.rest.find(quote).ok_or_else(|| self.fault("a text without its last quote"))?;
            let text = self.rest.get(..end).unwrap_or_default();
            if quote.len() == 1 && text.contains('\n') {
                return Err(self.fault("a text without its last quote"));
            }
            self.line += text.matches('\n').count();
            self.rest = self.rest.get(end + quote.len()..).unwrap_or_default();
            return Ok(text.to_owned());
        }
        Err(self.fault("a text in quotes was expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_keys_with_values() {
        let text = "# how\n\nuri_default = \"qemu:///system\"  # mine\nkeepalive=-5\nuri_aliases = [\n  \"a=b\", # one\n  'c=\"d\"',\n]\n\
                    long = \"\"\"two\nlines\"\"\"\n empty=[]\nlong = 5\nmany = [[\"x\", 1], -2]";
        let texts =
            |texts: &[&str]| Value::List(texts.iter().map(|text| Value::Text((*text).into())).collect());
        let expected = [
            ("uri_default", Value::Text("qemu:///system".into())),
            ("keepalive", Value::Number(-5)),
            ("uri_aliases", texts(&["a=b", "c=\"d\""])),
            ("long", Value::Text("two\nlines".into())),
            ("empty", texts(&[])),
            (
                "many",
                Value::List(vec![
                    Value::List(vec![Value::Text("x".into()), Value::Number(1)]),
                    Value::Number(-2),
                ]),
            ),
        ];
        assert_eq!(read(text).unwrap(), expected.map(|(key, value)| (key.to_owned(), value)));
    }

    #[test]
    fn a_fault_names_its_line() {
        for (text, line) in [
            ("a", 1),
            ("\n= 1", 2),
            ("a = ", 1),
            ("a = x", 1),
            ("\n\na = \"x\n\"", 3),
            ("a = [\n\"x\" \"y\"]", 2),
            ("a = [x]", 1),
            ("a = [[\"x\"]", 1),
            (format!("\na = {}", "[".repeat(100_000)).as_str(), 2),
            ("a = [\n\"x\",", 2),
            ("a = 1 2", 1),
            ("a = 'x", 1),
            ("a = \"\"\"x\n", 1),
            ("ä = 1", 1),
        ] {
            assert_eq!(read(text).map_err(|fault| fault.line), Err(line), "{text:?}");
        }
    }

    proptest::proptest! {
        /// A fault's line is one of the text's.
        #[test]
        fn any_text_is_read_or_faulty(text in "([a-z]+ ?= ?)?[a-z0-9=\"'\\[\\], #;\n\\PC]{0,60}") {
            if let Err(fault) = read(&text) {
                proptest::prop_assert!((1..=text.matches('\n').count() + 1).contains(&fault.line));
            }
        }
    }
}
