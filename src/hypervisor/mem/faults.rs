//! Failures on request, for those who want to see what the others do then.

use std::fmt;
use std::str::FromStr;

/// Which failures a [`Mem`](super::Mem) has, until told otherwise. None by default.
///
/// As text, for a command line: `break-perform=65536,lose-receipt`; each name is that of the field, with dashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Prepare is refused (code 9).
    pub refuse_prepare: bool,
    /// Perform fails once it has sent so many bytes of memory (code 9); the guest stays.
    pub break_perform: Option<u64>,
    /// Perform stops after so many bytes of memory and waits until it is aborted, the guest is destroyed, or it is to switch to post-copy.
    pub stall_perform: Option<u64>,
    /// One byte of memory changes on its way: the destination notices.
    pub corrupt_stream: bool,
    /// The destination stops reading after so many bytes of memory.
    pub stall_incoming: Option<u64>,
    /// The destination takes the whole guest and closes without saying so.
    pub lose_receipt: bool,
}

/// Not the name of a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a fault: expected refuse-prepare, break-perform=BYTES, stall-perform=BYTES, corrupt-stream, \
     stall-incoming=BYTES or lose-receipt"
)]
pub struct FaultError(String);

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Faults, FaultError> {
        let mut faults = Faults::default();
        for fault in text.split(',').map(str::trim).filter(|fault| !fault.is_empty()) {
            let wrong = || FaultError(fault.to_owned());
            match fault.split_once('=') {
                None => match fault {
                    "refuse-prepare" => faults.refuse_prepare = true,
                    "corrupt-stream" => faults.corrupt_stream = true,
                    "lose-receipt" => faults.lose_receipt = true,
                    _ => return Err(wrong()),
                },
                Some((name, bytes)) => {
                    let bytes = Some(bytes.parse().map_err(|_| wrong())?);
                    match name {
                        "break-perform" => faults.break_perform = bytes,
                        "stall-perform" => faults.stall_perform = bytes,
                        "stall-incoming" => faults.stall_incoming = bytes,
                        _ => return Err(wrong()),
                    }
                }
            }
        }
        Ok(faults)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |name: &str, set: bool| set.then(|| name.to_owned());
        let after = |name: &str, bytes: Option<u64>| bytes.map(|bytes| format!("{name}={bytes}"));
        let all = [
            flag("refuse-prepare", self.refuse_prepare),
            after("break-perform", self.break_perform),
            after("stall-perform", self.stall_perform),
            flag("corrupt-stream", self.corrupt_stream),
            after("stall-incoming", self.stall_incoming),
            flag("lose-receipt", self.lose_receipt),
        ];
        f.write_str(&all.into_iter().flatten().collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_named_on_a_command_line() {
        let text =
            "refuse-prepare,break-perform=1,stall-perform=2,corrupt-stream,stall-incoming=3,lose-receipt";
        let faults: Faults = text.parse().unwrap();
        assert_eq!(faults.to_string(), text);
        assert_eq!("".parse(), Ok(Faults::default()));
        for wrong in ["explode", "break-perform", "break-perform=x", "lose-receipt=1"] {
            assert!(wrong.parse::<Faults>().is_err(), "{wrong}");
        }
    }
}
