//! Which procedure is meant.

use virtwire::protocol::program::{ProcedureInfo, ProcedureKind, ProcedureNumber, Program};

use crate::fail::Fail;
use crate::spelling::within;

/// Those whose procedures a client can call, in the order in which a name is looked for.
const PROGRAMS: [Program; 4] = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];

/// A program by its short name or its number.
pub(super) fn program(text: &str) -> Result<Program, String> {
    let number =
        text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
    PROGRAMS
        .into_iter()
        .find(|program| program.name() == Some(text) || number == Some(program.number))
        .ok_or_else(|| "expected remote, qemu, lxc or admin".to_owned())
}

/// Whether a URI is that of a daemon itself, such as `libvirtd:///system`, or leads to its admin socket.
pub(super) fn leads_to_admin(uri: &str) -> bool {
    let (scheme, rest) = uri.split_once(':').unwrap_or((uri, ""));
    let driver = scheme.split('+').next().unwrap_or_default();
    driver == "libvirtd"
        || driver.starts_with("virt") && driver.ends_with('d')
        || rest.contains("-admin-sock")
}

/// Finds a procedure by its name, with or without its program's before it, or by its number. What more than one program has is the
/// admin program's where that is asked first.
pub(super) fn find(
    text: &str,
    wanted: Option<Program>,
    admin_first: bool,
) -> Result<(Program, &'static ProcedureInfo), Fail> {
    let thing = || match wanted.and_then(Program::name) {
        Some(program) => format!("procedure {text} of program {program}"),
        None => format!("procedure {text}"),
    };
    let wanted_first = wanted.or(admin_first.then_some(Program::ADMIN));
    let found = look_up(text, wanted_first).or_else(|| look_up(text, wanted));
    let (program, info) = found.ok_or_else(|| absent(&thing(), text, wanted))?;
    match info.kind {
        ProcedureKind::Call => Ok((program, info)),
        ProcedureKind::Event => Err(Fail::new(
            thing(),
            format!("{} is an event: daemons send it, nobody calls it", info.name),
            "`virtwire events` shows events",
        )),
    }
}

fn look_up(text: &str, wanted: Option<Program>) -> Option<(Program, &'static ProcedureInfo)> {
    if let Ok(number) = text.parse() {
        let program = wanted.unwrap_or(Program::REMOTE);
        return Some((program, program.procedure(ProcedureNumber(number))?));
    }
    let name = text.to_ascii_lowercase();
    let named = |program: Program, name: &str| program.procedures().iter().find(|info| info.name == name);
    PROGRAMS.into_iter().filter(|program| wanted.is_none_or(|wanted| wanted == *program)).find_map(
        |program| {
            let found = named(program, &name).or_else(|| named(program, within(program, &name)?));
            Some((program, found?))
        },
    )
}

/// The names of all that can be called; those of other programs than remote with their program's before them, so that each is one procedure's.
pub(crate) fn procedures() -> Vec<String> {
    let named = |program: Program| {
        let prefix = program.name().filter(|_| program != Program::REMOTE);
        let prefix = prefix.map_or_else(String::new, |name| format!("{name}_"));
        let calls = program.procedures().iter().filter(|info| info.kind == ProcedureKind::Call);
        calls.map(move |info| format!("{prefix}{}", info.name))
    };
    PROGRAMS.into_iter().flat_map(named).collect()
}

fn absent(thing: &str, text: &str, wanted: Option<Program>) -> Fail {
    let near: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|program| wanted.is_none_or(|wanted| wanted == *program))
        .flat_map(|program| program.procedures())
        .filter(|info| info.kind == ProcedureKind::Call)
        .map(|info| info.name)
        .filter(|name| text.to_ascii_lowercase().split('_').all(|word| name.contains(word)))
        .take(5)
        .collect();
    let next = match near.as_slice() {
        [] => "names are as in domain_get_xml_desc, and --program says whose a number is".to_owned(),
        near => format!("did you mean {}?", near.join(", ")),
    };
    Fail::new(thing, "there is no such procedure", next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_procedure_has_a_name_and_a_number_and_may_say_its_program() {
        let named = |text, wanted| {
            find(text, wanted, false)
                .map(|(program, info)| (program, info.number.0))
                .map_err(|fail| fail.to_string())
        };
        assert_eq!(named("domain_get_info", None), Ok((Program::REMOTE, 16)));
        assert_eq!(named("REMOTE_PROC_DOMAIN_GET_INFO", None), Ok((Program::REMOTE, 16)));
        assert_eq!(named("16", None), Ok((Program::REMOTE, 16)));
        assert_eq!(named("domain_monitor_command", None), Ok((Program::QEMU, 1)));
        assert_eq!(named("qemu_domain_monitor_command", None), Ok((Program::QEMU, 1)));
        assert_eq!(named("1", Some(Program::QEMU)), Ok((Program::QEMU, 1)));
        assert_eq!(named("admin_connect_list_servers", None), Ok((Program::ADMIN, 4)));
        assert_eq!(named("connect_get_lib_version", Some(Program::ADMIN)), Ok((Program::ADMIN, 3)));
        let at_admin = |text, wanted| find(text, wanted, true).ok().map(|(program, _)| program);
        assert_eq!(at_admin("connect_get_lib_version", None), Some(Program::ADMIN));
        assert_eq!(at_admin("4", None), Some(Program::ADMIN));
        assert_eq!(at_admin("domain_get_info", None), Some(Program::REMOTE));
        assert_eq!(at_admin("connect_get_lib_version", Some(Program::REMOTE)), Some(Program::REMOTE));
        assert!(named("318", None).is_err_and(|told| told.contains("is an event")));
        assert!(named("domain_info", None).is_err_and(|told| told.contains("domain_get_info")));
        assert!(named("0", None).is_err_and(|told| told.contains("no such procedure")));
    }

    #[test]
    fn what_is_offered_is_found_in_the_program_that_it_names() {
        let all = procedures();
        for name in &all {
            let (program, info) = find(name, None, false).unwrap();
            let prefix = if program == Program::REMOTE { "" } else { program.name().unwrap() };
            assert_eq!(format!("{prefix}_{}", info.name).trim_start_matches('_'), name);
        }
        assert!(all.len() > 400 && all.contains(&"qemu_domain_monitor_command".to_owned()));
    }

    #[test]
    fn a_daemons_own_uri_has_a_daemons_name() {
        for uri in [
            "libvirtd:///system",
            "virtqemud+unix:///session",
            "x+unix:///?socket=/run/libvirt/libvirt-admin-sock",
        ] {
            assert!(leads_to_admin(uri), "{uri}");
        }
        for uri in ["qemu:///system", "mem+tcp://virtd/default", "", "test:///default", "vbox:///session"] {
            assert!(!leads_to_admin(uri), "{uri}");
        }
    }
}
