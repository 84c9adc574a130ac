//! Between the wire's structs and ours.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::remote::Domain;
use virtwire_xdr::Text;

use super::super::{DomainInfo, Hypervisor, Lookup, Result, Uuid, errors};
use super::HypervisorService;

/// The domain as the wire names it: an inactive one has the id -1.
pub(super) fn domain(info: &DomainInfo) -> Domain {
    Domain { name: info.name.as_str().into(), uuid: info.uuid.0, id: info.id.map_or(-1, saturated) }
}

/// A count for one of the wire's signed words.
pub(super) fn saturated(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Domain XML from a client.
pub(super) fn xml(text: Text) -> Result<String> {
    String::from_utf8(text.into_bytes())
        .map_err(|error| errors::not_xml(format!("the document is not UTF-8: {error}")))
}

/// A migration URI from a client.
pub(super) fn uri(text: Text) -> Result<String> {
    String::from_utf8(text.into_bytes()).map_err(|error| {
        let detail = format!("unable to parse URI {}", String::from_utf8_lossy(error.as_bytes()));
        RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::URI, detail)
    })
}

/// A new name for a guest from a client.
pub(super) fn new_name(text: Text) -> Result<String> {
    let name = String::from_utf8(text.into_bytes());
    match name {
        Ok(name) if !name.is_empty() => Ok(name),
        Ok(_) => Err(errors::invalid_argument("the new name of the domain is empty")),
        Err(_) => Err(errors::invalid_argument("the new name of the domain is not UTF-8")),
    }
}

/// The name of a guest from a client. One that is not UTF-8 names none of ours.
pub(super) fn known_name(text: &Text) -> Result<String> {
    text.to_str().map(str::to_owned).map_err(|_| errors::no_domain(Lookup::Name(&text.to_string_lossy())))
}

impl<H: Hypervisor> HypervisorService<H> {
    /// The domain that a call is about. Its UUID counts, as with libvirt, not its name or id.
    pub(super) async fn known(&self, dom: &Domain) -> Result<DomainInfo> {
        self.found(Lookup::Uuid(Uuid(dom.uuid))).await
    }

    /// The same, if it is active.
    ///
    /// # Errors
    /// Code 55 where it is off.
    pub(super) async fn running(&self, dom: &Domain) -> Result<DomainInfo> {
        let domain = self.known(dom).await?;
        match domain.id {
            Some(_) => Ok(domain),
            None => Err(errors::not_running()),
        }
    }

    pub(super) async fn found(&self, key: Lookup<'_>) -> Result<DomainInfo> {
        self.hypervisor.domain(key).await?.ok_or_else(|| errors::no_domain(key))
    }
}

/// As many of a list as a client has room for; without room it asks how many there are.
pub(super) fn counted<T>(mut list: Vec<T>, room: i32, most: u32) -> Result<(Vec<T>, i32)> {
    let room = u32::try_from(room).ok().filter(|room| *room <= most);
    let room = room.ok_or_else(|| RemoteError::rpc("nparams too large"))?;
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    match room {
        0 => Ok((Vec::new(), saturated(count))),
        room => {
            list.truncate(room as usize);
            Ok((list, saturated(count.min(room))))
        }
    }
}
