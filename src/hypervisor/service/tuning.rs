//! What the host grants a domain: which values there are, and which are set.

use std::mem::discriminant;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DOMAIN_BLKIO_PARAMETERS_MAX, DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX, DOMAIN_INTERFACE_PARAMETERS_MAX,
    DOMAIN_MEMORY_PARAMETERS_MAX, DOMAIN_NUMA_PARAMETERS_MAX, DOMAIN_SCHEDULER_PARAMETERS_MAX, Domain,
    DomainGetBlkioParameters, DomainGetBlkioParametersReply, DomainGetBlockIoTune, DomainGetBlockIoTuneReply,
    DomainGetInterfaceParameters, DomainGetInterfaceParametersReply, DomainGetMemoryParameters,
    DomainGetMemoryParametersReply, DomainGetNumaParameters, DomainGetNumaParametersReply,
    DomainGetSchedulerParameters, DomainGetSchedulerParametersFlags, DomainGetSchedulerParametersFlagsReply,
    DomainGetSchedulerParametersReply, DomainGetSchedulerType, DomainGetSchedulerTypeReply,
    DomainSetBlkioParameters, DomainSetBlockIoTune, DomainSetInterfaceParameters, DomainSetMemoryParameters,
    DomainSetNumaParameters, DomainSetSchedulerParameters, DomainSetSchedulerParametersFlags, TypedParam,
    TypedParamValue,
};
use virtwire_xdr::Text;

use super::super::{Happening, Hypervisor, Result, Tuned, Tuning, errors};
use super::HypervisorService;
use super::changes::{check_one_place, place};
use super::wire::{counted, saturated};
use crate::server::CallContext;

/// The client knows strings. Others are not told of them.
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
        let mut values: Vec<TypedParam> = tuning.tuned(domain.uuid, what, place.config).await?.into();
        values.retain(|one| flags & STRINGS != 0 || !matches!(one.value, TypedParamValue::String(_)));
        Ok(values)
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
        let values = checked(values, &tuning.tuned(domain.uuid, what.clone(), place.config).await?)?;
        let _change = if place.live { self.change(domain.uuid).await? } else { None };
        let told = granted(&what, &values);
        tuning.tune(domain.uuid, what, values, place).await?;
        if place.live && !told.is_empty() {
            self.tell_happening(&domain, &Happening::Tunable(told));
        }
        Ok(())
    }

    pub(super) async fn domain_get_memory_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetMemoryParameters,
    ) -> Result<DomainGetMemoryParametersReply> {
        let DomainGetMemoryParameters { dom, nparams, flags } = arguments;
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
        self.tune(&dom, Tuned::Scheduler, params, flags, "virDomainSetSchedulerParametersFlags").await
    }

    pub(super) async fn domain_get_blkio_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetBlkioParameters,
    ) -> Result<DomainGetBlkioParametersReply> {
        let DomainGetBlkioParameters { dom, nparams, flags } = arguments;
        let values = self.tuned(&dom, Tuned::BlockIo, flags, "virDomainGetBlkioParameters").await?;
        let (params, nparams) = counted(values, nparams, DOMAIN_BLKIO_PARAMETERS_MAX)?;
        Ok(DomainGetBlkioParametersReply { params, nparams })
    }

    pub(super) async fn domain_set_blkio_parameters(
        &self,
        _: &CallContext,
        arguments: DomainSetBlkioParameters,
    ) -> Result<()> {
        let DomainSetBlkioParameters { dom, params, flags } = arguments;
        self.tune(&dom, Tuned::BlockIo, params, flags, "virDomainSetBlkioParameters").await
    }

    pub(super) async fn domain_get_numa_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetNumaParameters,
    ) -> Result<DomainGetNumaParametersReply> {
        let DomainGetNumaParameters { dom, nparams, flags } = arguments;
        let values = self.tuned(&dom, Tuned::Numa, flags, "virDomainGetNumaParameters").await?;
        let (params, nparams) = counted(values, nparams, DOMAIN_NUMA_PARAMETERS_MAX)?;
        Ok(DomainGetNumaParametersReply { params, nparams })
    }

    pub(super) async fn domain_set_numa_parameters(
        &self,
        _: &CallContext,
        arguments: DomainSetNumaParameters,
    ) -> Result<()> {
        let DomainSetNumaParameters { dom, params, flags } = arguments;
        self.tune(&dom, Tuned::Numa, params, flags, "virDomainSetNumaParameters").await
    }

    /// Without a disk it is asked how many values there can be.
    pub(super) async fn domain_get_block_io_tune(
        &self,
        _: &CallContext,
        arguments: DomainGetBlockIoTune,
    ) -> Result<DomainGetBlockIoTuneReply> {
        let DomainGetBlockIoTune { dom, disk, nparams, flags } = arguments;
        let api = "virDomainGetBlockIoTune";
        let Some(disk) = disk else {
            self.tuning(api)?;
            check_one_place(flags)?;
            place(&self.known(&dom).await?, flags)?;
            if nparams != 0 {
                return Err(errors::invalid_argument("disk must not be NULL where values are wanted"));
            }
            let nparams = saturated(DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX);
            return Ok(DomainGetBlockIoTuneReply { params: Vec::new(), nparams });
        };
        let values = self.tuned(&dom, Tuned::Disk(device(disk)?), flags, api).await?;
        let (params, nparams) = counted(values, nparams, DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX)?;
        Ok(DomainGetBlockIoTuneReply { params, nparams })
    }

    pub(super) async fn domain_set_block_io_tune(
        &self,
        _: &CallContext,
        arguments: DomainSetBlockIoTune,
    ) -> Result<()> {
        let DomainSetBlockIoTune { dom, disk, params, flags } = arguments;
        self.tune(&dom, Tuned::Disk(device(disk)?), params, flags, "virDomainSetBlockIoTune").await
    }

    pub(super) async fn domain_get_interface_parameters(
        &self,
        _: &CallContext,
        arguments: DomainGetInterfaceParameters,
    ) -> Result<DomainGetInterfaceParametersReply> {
        let DomainGetInterfaceParameters { dom, device: name, nparams, flags } = arguments;
        let what = Tuned::Interface(device(name)?);
        let values = self.tuned(&dom, what, flags, "virDomainGetInterfaceParameters").await?;
        let (params, nparams) = counted(values, nparams, DOMAIN_INTERFACE_PARAMETERS_MAX)?;
        Ok(DomainGetInterfaceParametersReply { params, nparams })
    }

    pub(super) async fn domain_set_interface_parameters(
        &self,
        _: &CallContext,
        arguments: DomainSetInterfaceParameters,
    ) -> Result<()> {
        let DomainSetInterfaceParameters { dom, device: name, params, flags } = arguments;
        let what = Tuned::Interface(device(name)?);
        self.tune(&dom, what, params, flags, "virDomainSetInterfaceParameters").await
    }
}

/// What a client calls a device by.
fn device(name: Text) -> Result<String> {
    String::from_utf8(name.into_bytes())
        .map_err(|_| errors::invalid_argument("the name of the device is not UTF-8"))
}

/// What is told of values that were set of what runs: those of CPUs and of a disk, by the names that events have for them.
fn granted(what: &Tuned, values: &TypedParams) -> TypedParams {
    let (family, disk) = match what {
        Tuned::Scheduler => ("cputune", None),
        Tuned::Disk(disk) => ("blkdeviotune", Some(disk)),
        _ => return TypedParams::default(),
    };
    let disk = disk.map(|disk| TypedParam {
        field: "blkdeviotune.disk".into(),
        value: TypedParamValue::String(disk.as_str().into()),
    });
    let told = |TypedParam { field, value }: &TypedParam| TypedParam {
        field: format!("{family}.{}", field.to_string_lossy()).into(),
        value: value.clone(),
    };
    disk.into_iter().chain(values.iter().map(told)).collect()
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
