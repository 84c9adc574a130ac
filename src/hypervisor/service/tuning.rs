//! What the host grants a domain: which values there are, and which are set.

use std::mem::discriminant;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DOMAIN_MEMORY_PARAMETERS_MAX, DOMAIN_SCHEDULER_PARAMETERS_MAX, Domain, DomainGetMemoryParameters,
    DomainGetMemoryParametersReply, DomainGetSchedulerParameters, DomainGetSchedulerParametersFlags,
    DomainGetSchedulerParametersFlagsReply, DomainGetSchedulerParametersReply, DomainGetSchedulerType,
    DomainGetSchedulerTypeReply, DomainSetMemoryParameters, DomainSetSchedulerParameters,
    DomainSetSchedulerParametersFlags, TypedParam,
};

use super::super::{Hypervisor, Result, Tuned, Tuning, errors};
use super::HypervisorService;
use super::changes::{CONFIG, LIVE, check_one_place, place};
use super::wire::counted;
use crate::server::CallContext;

/// The client knows strings.
pub(super) const STRINGS: u32 = 4;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) fn tuning(&self, api: &str) -> Result<&impl Tuning> {
        self.hypervisor.tuning().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn tuned(&self, dom: &Domain, what: Tuned, flags: u32, api: &str) -> Result<Vec<TypedParam>> {
        let tuning = self.tuning(api)?;
        check_one_place(flags)?;
        let domain = self.known(dom).await?;
        let place = place(&domain, flags)?;
        Ok(tuning.tuned(domain.uuid, what, place.config).await?.into())
    }

    async fn tune(
        &self,
        dom: &Domain,
        what: Tuned,
        values: Vec<TypedParam>,
        flags: u32,
        api: &str,
    ) -> Result<()> {
        let tuning = self.tuning(api)?;
        let domain = self.known(dom).await?;
        let place = place(&domain, flags)?;
        let values = checked(values, &tuning.tuned(domain.uuid, what, place.config).await?)?;
        let _change = if place.live { self.change(domain.uuid).await? } else { None };
        tuning.tune(domain.uuid, what, values, place).await
    }

    pub(super) async fn domain_get_memory_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetMemoryParameters,
    ) -> Result<DomainGetMemoryParametersReply> {
        let DomainGetMemoryParameters { dom, nparams, flags } = arguments;
        errors::check_flags(flags, (LIVE | CONFIG | STRINGS).into(), "domain_get_memory_parameters")?;
        let values = self.tuned(&dom, Tuned::Memory, flags, "virDomainGetMemoryParameters").await?;
        let (params, nparams) = counted(values, nparams, DOMAIN_MEMORY_PARAMETERS_MAX)?;
        Ok(DomainGetMemoryParametersReply { params, nparams })
    }

    pub(super) async fn domain_set_memory_parameters(
        &self,
        _: &CallContext,
        arguments: DomainSetMemoryParameters,
    ) -> Result<()> {
        let DomainSetMemoryParameters { dom, params, flags } = arguments;
        errors::check_flags(flags, (LIVE | CONFIG).into(), "domain_set_memory_parameters")?;
        self.tune(&dom, Tuned::Memory, params, flags, "virDomainSetMemoryParameters").await
    }

    pub(super) async fn domain_get_scheduler_type(
        &self,
        _: &CallContext,
        arguments: DomainGetSchedulerType,
    ) -> Result<DomainGetSchedulerTypeReply> {
        let api = "virDomainGetSchedulerType";
        let values = self.tuned(&arguments.dom, Tuned::Scheduler, 0, api).await?;
        let (_, nparams) = counted(values, 0, DOMAIN_SCHEDULER_PARAMETERS_MAX)?;
        Ok(DomainGetSchedulerTypeReply { r#type: self.tuning(api)?.scheduler().into(), nparams })
    }

    pub(super) async fn domain_get_scheduler_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetSchedulerParameters,
    ) -> Result<DomainGetSchedulerParametersReply> {
        let DomainGetSchedulerParameters { dom, nparams } = arguments;
        let params = self.scheduled(&dom, nparams, 0, "virDomainGetSchedulerParameters").await?;
        Ok(DomainGetSchedulerParametersReply { params })
    }

    pub(super) async fn domain_get_scheduler_parameters_flags(
        &self,
        _: &CallContext,
        arguments: DomainGetSchedulerParametersFlags,
    ) -> Result<DomainGetSchedulerParametersFlagsReply> {
        let DomainGetSchedulerParametersFlags { dom, nparams, flags } = arguments;
        errors::check_flags(
            flags,
            (LIVE | CONFIG | STRINGS).into(),
            "domain_get_scheduler_parameters_flags",
        )?;
        let params = self.scheduled(&dom, nparams, flags, "virDomainGetSchedulerParametersFlags").await?;
        Ok(DomainGetSchedulerParametersFlagsReply { params })
    }

    async fn scheduled(&self, dom: &Domain, nparams: i32, flags: u32, api: &str) -> Result<Vec<TypedParam>> {
        let values = self.tuned(dom, Tuned::Scheduler, flags, api).await?;
        Ok(counted(values, nparams, DOMAIN_SCHEDULER_PARAMETERS_MAX)?.0)
    }

    pub(super) async fn domain_set_scheduler_parameters(
        &self,
        _: &CallContext,
        arguments: DomainSetSchedulerParameters,
    ) -> Result<()> {
        let DomainSetSchedulerParameters { dom, params } = arguments;
        self.tune(&dom, Tuned::Scheduler, params, 0, "virDomainSetSchedulerParameters").await
    }

    pub(super) async fn domain_set_scheduler_parameters_flags(
        &self,
        _: &CallContext,
        arguments: DomainSetSchedulerParametersFlags,
    ) -> Result<()> {
        let DomainSetSchedulerParametersFlags { dom, params, flags } = arguments;
        errors::check_flags(flags, (LIVE | CONFIG).into(), "domain_set_scheduler_parameters_flags")?;
        self.tune(&dom, Tuned::Scheduler, params, flags, "virDomainSetSchedulerParametersFlags").await
    }
}

/// That there is each of these values, of its type, and once.
///
/// # Errors
/// Code 67 for one that there is not, 8 for the other two.
fn checked(values: Vec<TypedParam>, known: &TypedParams) -> Result<TypedParams> {
    for (at, TypedParam { field, value }) in values.iter().enumerate() {
        let name = field.to_string_lossy();
        let Some(known) = known.get(&name) else {
            return Err(errors::unsupported_argument(format!("parameter '{name}' not supported")));
        };
        if discriminant(known) != discriminant(value) {
            return Err(errors::invalid_argument(format!("invalid type for parameter '{name}'")));
        }
        if values.iter().take(at).any(|earlier| earlier.field == *field) {
            return Err(errors::invalid_argument(format!("parameter '{name}' occurs multiple times")));
        }
    }
    Ok(values.into())
}
