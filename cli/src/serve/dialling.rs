//! Which destinations a daemon opens for clients that have it migrate peer to peer: those that its user has named.

use std::str::FromStr;

use virtwire::client::OpenOptions;
use virtwire::hypervisor::{Hypervisor, HypervisorService, errors};
use virtwire::uri::{Uri, UriError};

/// Some destinations.
#[derive(Clone, Debug)]
pub(crate) enum Destinations {
    Any,
    At(Box<Uri>),
}

impl FromStr for Destinations {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Destinations, UriError> {
        match text {
            "any" => Ok(Destinations::Any),
            uri => Ok(Destinations::At(Box::new(uri.parse()?))),
        }
    }
}

impl Destinations {
    /// What names something of this host, or says whom to believe, is none of any: the words would come from the client.
    fn have(&self, uri: &Uri) -> bool {
        match self {
            Destinations::Any => uri.is_only_a_place(),
            Destinations::At(allowed) => {
                (allowed.transport, &allowed.user) == (uri.transport, &uri.user)
                    && (&allowed.host, allowed.port) == (&uri.host, uri.port)
                    && allowed.parameters == uri.parameters
            }
        }
    }
}

/// The service, with these destinations and no others.
pub(super) fn allowed<H: Hypervisor>(
    service: HypervisorService<H>,
    destinations: Vec<Destinations>,
) -> HypervisorService<H> {
    service.dialling(move |_, uri| match destinations.iter().any(|some| some.have(uri)) {
        true => Ok(OpenOptions::default()),
        false => Err(errors::not_dialled(uri.as_str())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_user_host_port_and_parameters_say_where_it_is() {
        let have = |allowed: &str, uri: &str| {
            allowed.parse::<Destinations>().unwrap().have(&uri.parse::<Uri>().unwrap())
        };
        assert!(have("mem+tcp://h:7/", "qemu+tcp://h:7/system"));
        for other in [
            "mem+tcp://h:8/",
            "mem+tcp://i:7/",
            "mem+tls://h:7/",
            "mem+ssh://h:7/",
            "mem+tcp://h:7/?no_verify=1",
        ] {
            assert!(!have("mem+tcp://h:7/", other), "{other}");
        }
        assert!(have("mem+ssh://me@h/", "mem+ssh://me@h/"));
        for other in ["mem+ssh://h/", "mem+ssh://root@h/"] {
            assert!(!have("mem+ssh://me@h/", other) && !have(other, "mem+ssh://me@h/"), "{other}");
        }
        assert!(have("any", "mem+tcp://h:7/"));
        assert!(have("any", "mem+ssh://me@h/?no_tty=1"));
        for other in [
            "mem+ext:///?command=/bin/false",
            "mem+ssh://h/?netcat=false",
            "mem+unix:///?socket=/x",
            "mem+tcp://h/?authfile=/x",
            "mem+tls://h/?pkipath=/x",
            "mem+tls://h/?no_verify=1",
            "mem+ssh://h/?keyfile=/x",
            "mem+libssh://h/?known_hosts=/x&known_hosts_verify=auto",
        ] {
            assert!(!have("any", other), "{other}");
            assert!(have(other, other));
        }
        assert!(have("mem+unix:///?socket=/a", "mem+unix:///default?socket=/a"));
        assert!(!have("mem+unix:///?socket=/a", "mem+unix:///default?socket=/b"));
    }
}
