//! Names of the wire to names of Rust.

/// Words that Rust keeps for itself.
const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false \
    final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self \
    static struct super trait true try type typeof unsafe unsized use virtual where while yield";

/// Words that more than one capital begins: the integer types that libvirt's constants name.
const WORDS: [(&str, &str); 3] = [("llong", "LLong"), ("uint", "UInt"), ("ullong", "ULLong")];

/// `domain_migrate_prepare2` to `DomainMigratePrepare2`; `xmlCPU` to `XmlCpu`.
pub(crate) fn camel(name: &str) -> String {
    let words = snake_plain(name);
    let words = words.split('_').map(|word| match WORDS.iter().find(|(plain, _)| *plain == word) {
        Some((_, special)) => (*special).to_owned(),
        None => capitalise(word),
    });
    words.collect()
}

/// `callbackID` to `callback_id`, and a word of Rust's own behind `r#`.
pub(crate) fn snake(name: &str) -> String {
    let plain = snake_plain(name);
    match plain.as_str() {
        // Not even `r#` frees these.
        "self" | "super" | "crate" => format!("{plain}_"),
        _ if KEYWORDS.split(' ').any(|keyword| keyword == plain) => format!("r#{plain}"),
        _ => plain,
    }
}

fn snake_plain(name: &str) -> String {
    let mut plain = String::new();
    let mut after_small = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && after_small {
            plain.push('_');
        }
        after_small = character.is_ascii_lowercase() || character.is_ascii_digit();
        plain.push(character.to_ascii_lowercase());
    }
    plain
}

pub(crate) fn capitalise(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The names of an enum's or a union's alternatives: what is left of each without the words that all begin with.
///
/// `MESSAGE_CALL` and `MESSAGE_CALL_WITH_FDS` leave `Call` and `CallWithFds`. An alternative alone keeps its last word.
pub(crate) fn variants(names: &[&str]) -> Vec<String> {
    let words = names.iter().map(|name| name.split('_').collect::<Vec<_>>()).collect::<Vec<_>>();
    // At least one word stays, and it must begin a name.
    let starts_name = |at: usize| {
        words
            .iter()
            .all(|words| words.get(at).is_some_and(|word| word.starts_with(|c: char| c.is_alphabetic())))
    };
    let common = |at: usize| words.iter().all(|other| other.get(at) == words[0].get(at));
    let mut shared = 0;
    for at in 0.. {
        if starts_name(at) {
            shared = at;
        }
        if !common(at) || !words.iter().all(|words| words.len() > at + 1) {
            break;
        }
    }
    words.iter().map(|words| camel(&words[shared..].join("_"))).collect()
}

/// 4194304 to `4_194_304` with `_`, and to `4,194,304` with `,`.
pub(crate) fn grouped(number: u64, between: &str) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = [&digits[..first]].into_iter().filter(|group| !group.is_empty());
    let rest = (first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]);
    groups.chain(rest).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_at_underscores_and_at_capitals() {
        for (wire, expected_camel, expected_snake) in [
            ("domain_migrate_prepare2", "DomainMigratePrepare2", "domain_migrate_prepare2"),
            ("callbackID", "CallbackId", "callback_id"),
            ("xmlCPUs", "XmlCpus", "xml_cpus"),
            ("newSrcPath", "NewSrcPath", "new_src_path"),
            ("DOMAIN_EVENT_BLOCK_JOB_2", "DomainEventBlockJob2", "domain_event_block_job_2"),
            ("type", "Type", "r#type"),
            ("self", "Self", "self_"),
        ] {
            assert_eq!((camel(wire).as_str(), snake(wire).as_str()), (expected_camel, expected_snake));
        }
    }

    #[test]
    fn alternatives_lose_the_words_that_all_begin_with() {
        #[track_caller]
        fn check(names: &[&str], expected: &[&str]) {
            assert_eq!(variants(names), expected);
        }
        check(
            &["MESSAGE_CALL", "MESSAGE_MESSAGE", "MESSAGE_CALL_WITH_FDS"],
            &["Call", "Message", "CallWithFds"],
        );
        check(&["AUTH_TYPE_NONE", "AUTH_TYPE_SASL"], &["None", "Sasl"]);
        check(&["TYPED_PARAM_UINT", "TYPED_PARAM_ULLONG"], &["UInt", "ULLong"]);
        check(&["ONLY_ONE"], &["One"]);
        check(&["A", "B"], &["A", "B"]);
        check(&["A", "A_B"], &["A", "AB"]);
        check(&["SIZE_1", "SIZE_2"], &["Size1", "Size2"]);
    }

    #[test]
    fn digits_are_grouped_by_threes() {
        assert_eq!(grouped(7, ","), "7");
        assert_eq!(grouped(262_144, "_"), "262_144");
        assert_eq!(grouped(33_554_432, ","), "33,554,432");
    }
}
