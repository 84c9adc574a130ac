//! What reaches into a guest from outside: keys, an interrupt, a dump of its memory.

use std::time::Duration;

use virtwire_protocol::flags::DumpFlags;
use virtwire_protocol::remote::{
    Domain, DomainCoreDump, DomainCoreDumpWithFormat, DomainInjectNmi, DomainSendKey,
};
use virtwire_xdr::Text;

use super::super::{AfterDump, CoreDump, Hypervisor, Keys, Result, errors};
use super::HypervisorService;
use super::save::path;
use crate::server::CallContext;

const DUMP_FLAGS: u32 = DumpFlags::CRASH.bits()
    | DumpFlags::LIVE.bits()
    | DumpFlags::BYPASS_CACHE.bits()
    | DumpFlags::RESET.bits()
    | DumpFlags::MEMORY_ONLY.bits();
const FORMATS: u32 = 5;
const KEY_CODES: u32 = 10;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_send_key(&self, _: &CallContext, arguments: DomainSendKey) -> Result<()> {
        let DomainSendKey { dom, codeset, holdtime, keycodes, .. } = arguments;
        let codes = known(codeset, KEY_CODES, "codeset")?;
        if keycodes.is_empty() {
            return Err(errors::invalid_argument("there are no keys to press"));
        }
        let domain = self.running(&dom).await?;
        let held = Duration::from_millis(holdtime.into());
        self.hypervisor.send_keys(domain.uuid, Keys { codes: codes.into(), keys: keycodes, held }).await
    }

    pub(super) async fn domain_inject_nmi(&self, _: &CallContext, arguments: DomainInjectNmi) -> Result<()> {
        let domain = self.running(&arguments.dom).await?;
        self.hypervisor.inject_nmi(domain.uuid).await
    }

    pub(super) async fn domain_core_dump(&self, _: &CallContext, arguments: DomainCoreDump) -> Result<()> {
        let DomainCoreDump { dom, to, flags } = arguments;
        self.dumped(&dom, &to, 0, flags, "domain_core_dump").await
    }

    pub(super) async fn domain_core_dump_with_format(
        &self,
        _: &CallContext,
        arguments: DomainCoreDumpWithFormat,
    ) -> Result<()> {
        let DomainCoreDumpWithFormat { dom, to, dumpformat, flags } = arguments;
        self.dumped(&dom, &to, dumpformat, flags, "domain_core_dump_with_format").await
    }

    async fn dumped(&self, dom: &Domain, to: &Text, format: u32, flags: u32, function: &str) -> Result<()> {
        errors::check_flags(flags, DUMP_FLAGS.into(), function)?;
        let has = |flag: DumpFlags| flags & flag.bits() != 0;
        let then = match (has(DumpFlags::CRASH), has(DumpFlags::RESET), has(DumpFlags::LIVE)) {
            (false, false, _) => AfterDump::GoesOn,
            (true, false, false) => AfterDump::Crashes,
            (false, true, false) => AfterDump::IsReset,
            _ => {
                let detail = "of the flags for a crash, a reset and a live dump there can be one";
                return Err(errors::invalid_argument(detail));
            }
        };
        let how = CoreDump {
            format: known(format, FORMATS, "dumpformat")?.into(),
            memory_only: has(DumpFlags::MEMORY_ONLY),
            live: has(DumpFlags::LIVE),
            bypass_cache: has(DumpFlags::BYPASS_CACHE),
            then,
        };
        let to = path(to)?;
        let domain = self.running(dom).await?;
        let _change = self.change(domain.uuid).await?;
        self.hypervisor.core_dump(domain.uuid, &to, how).await
    }
}

/// One of a list's numbers.
fn known(number: u32, below: u32, what: &str) -> Result<i32> {
    let known = i32::try_from(number).ok().filter(|_| number < below);
    known.ok_or_else(|| errors::invalid_argument(format!("{what} {number} is not known: there are {below}")))
}
